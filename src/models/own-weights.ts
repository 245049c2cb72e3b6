import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../arrays/disk.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import type { Source } from '../downloads/source.ts';
import { StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { fidInceptionOf } from './fid-inception.ts';
import type { KnownModel } from './model.ts';

/** The only network that accepts other weights. */
export const ownWeightsBase = 'fid-inception';

/** `weights.json` in a model's folder: marks a user's own weights and gives their sha256. */
const noteSchema = z.object({
  format: z.literal('fid-study weights 1'),
  base: z.literal(ownWeightsBase),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const noteName = 'weights.json';

/**
 * Models with a user's own weights, one per mode.
 *
 * @param sha256 of the file, hex
 */
export function ownModels(name: string, sha256: string): readonly KnownModel[] {
  const byHand = `name the file of these weights: study models pull ${ownWeightsBase} --from FILE --sha256 ${sha256} --as ${name}`;
  const source: Source = {
    description: `your own weights for ${ownWeightsBase}`,
    digest: { algorithm: 'sha256', base64: Buffer.from(sha256, 'hex').toString('base64') },
    byHand,
    fetch: async () => {
      throw new StudyError(`the weights of ${name} are your own: they cannot be fetched`, byHand);
    },
  };
  return fidInceptionOf({ name, source });
}

/** Models with own weights in the cache folder; unreadable notes do not count. */
export async function storedOwnModels(): Promise<readonly KnownModel[]> {
  const names = await readdir(cacheFolder('models')).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const note = await readNote(name);
      return note && isModelName(name) ? ownModels(name, note.sha256) : [];
    }),
  );
  return found.flat();
}

/** Records a name once its files are stored. @throws StudyError if it cannot be written */
export async function rememberOwnWeights(name: string, sha256: string): Promise<void> {
  const note = { format: 'fid-study weights 1', base: ownWeightsBase, sha256 };
  await writeAtomically(cacheFolder('models', name, noteName), (file) =>
    writeFile(file, `${JSON.stringify(note, null, 2)}\n`),
  );
}

/** Whether a name is a valid folder on any system, and not a flag, path or ONNX file. */
export function isModelName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(name) && !/\.(onnx)?$/.test(name);
}

async function readNote(name: string) {
  try {
    const text = await readText(join(cacheFolder('models', name), noteName), longestOfUsers);
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
