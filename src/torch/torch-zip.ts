import type { ZipContent, ZipMember } from '../arrays/zip.ts';
import { StudyError } from '../errors.ts';
import { Cursor, damaged, shown } from './cursor.ts';
import { type PickledObjects, readObjects } from './objects.ts';
import { byteLength, type TorchStorage } from './tensor.ts';

/** A file of `torch.save`, its pickle read and none of its numbers yet. */
export interface TorchZip extends PickledObjects {
  /** Reads the bytes of a storage. @throws StudyError if they are missing or damaged */
  load(storage: TorchStorage): Promise<void>;
}

/** The most bytes of a pickle that names tensors: a million of them have fewer. */
const mostOfPickle = 2 ** 30;

/** Whether a zip is one of PyTorch, by its members. */
export function isTorchZip(members: readonly string[]): boolean {
  return members.some((name) => /^[^/]+\/data\.pkl$/.test(name));
}

/**
 * Reads what `torch.save` has written since PyTorch 1.6: a zip of a pickle, of which nothing is run,
 * and of a file for each storage, none of them packed.
 *
 * Source: `_save` in PyTorch's `torch/serialization.py`.
 *
 * @throws StudyError for anything else, naming what was refused
 */
export async function readTorchZip(zip: ZipContent): Promise<TorchZip> {
  const pickles = zip.members.filter(({ name }) => isTorchZip([name]));
  const [member] = pickles;
  if (!member || pickles.length > 1) throw damaged('a zip, but not one that torch.save wrote');
  const folder = member.name.slice(0, -'data.pkl'.length);
  const members = new Map(zip.members.map((each) => [each.name, each]));
  refuseScript(members, folder);
  await requireLittleEndian(zip, members.get(`${folder}byteorder`));
  const objects = readObjects(new Cursor(await stored(zip, member, mostOfPickle)), 'zip');
  return {
    ...objects,
    async load(storage) {
      const data = members.get(`${folder}data/${storage.key}`);
      if (!data || data.size !== byteLength(storage)) {
        throw damaged(`storage ${shown(storage.key)} is missing, or of another length`);
      }
      storage.bytes ??= await stored(zip, data);
    },
  };
}

/** A module of TorchScript is a program. */
function refuseScript(members: ReadonlyMap<string, ZipMember>, folder: string): void {
  if (!members.has(`${folder}constants.pkl`)) return;
  throw new StudyError(
    'refused a module of TorchScript: it is a program, and no code is run',
    'save its tensors: torch.save(module.state_dict(), path)',
  );
}

/** A member's bytes. PyTorch packs none, so that nothing can swell. */
async function stored(zip: ZipContent, member: ZipMember, most?: number): Promise<Uint8Array> {
  if (!member.stored) throw damaged(`${member.name} is compressed`);
  return zip.read(member, most);
}

/** The note of newer versions; older ones know no other order on common machines. */
async function requireLittleEndian(zip: ZipContent, note: ZipMember | undefined): Promise<void> {
  if (note && Buffer.from(await stored(zip, note, 64)).toString() !== 'little') {
    throw damaged('it is not little-endian');
  }
}
