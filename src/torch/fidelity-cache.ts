import { openZip, type ZipArchive, type ZipMember } from '../arrays/zip.ts';
import { StudyError } from '../errors.ts';
import { Cursor, damaged, shown } from './cursor.ts';
import { type FidelityPickle, readFidelityPickle } from './fidelity-pickle.ts';
import type { PickledArray } from './made.ts';
import { type ArrayValues, arrayValues } from './numpy-array.ts';
import { byteLength, type TorchTensor, tensorValues } from './tensor.ts';

/** A file of torch-fidelity's cache. */
export type FidelityCache =
  | { readonly kind: 'statistics'; readonly mu: ArrayValues; readonly sigma: ArrayValues }
  | {
      readonly kind: 'features';
      readonly rows: number;
      readonly dimension: number;
      readonly values: Float32Array;
    };

/**
 * Reads a `.pt` of torch-fidelity's cache: a tensor of features [N, d], or statistics `mu` [d] and
 * `sigma` [d, d]. It is a zip that `torch.save` wrote: a pickle, of which nothing is run, and a file
 * for each storage, none of them packed.
 *
 * Source: `torch_fidelity/utils.py` and `metric_fid.py`; the container is that of PyTorch's
 * `_save` in `torch/serialization.py`.
 *
 * @throws StudyError for anything else, naming what was refused
 */
export async function readFidelityCache(path: string): Promise<FidelityCache> {
  const zip = await openZip(path);
  try {
    return await contentOf(zip);
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    throw new StudyError(`${path}: ${error.message}`, error.hint, { cause: error });
  } finally {
    await zip.close();
  }
}

async function contentOf(zip: ZipArchive): Promise<FidelityCache> {
  const pickles = zip.members.filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [member] = pickles;
  if (!member || pickles.length > 1) throw damaged('a zip, but not one that torch.save wrote');
  const folder = member.name.slice(0, -'data.pkl'.length);
  await requireLittleEndian(zip, folder);
  const pickle = readFidelityPickle(new Cursor(await stored(zip, member)));
  // Two are enough for statistics; a directory may list one place of the file any number of times.
  if (pickle.storages.size > 2) throw damaged(`it has ${pickle.storages.size} storages`);
  for (const storage of pickle.storages.values()) {
    const data = zip.members.find(({ name }) => name === `${folder}data/${storage.key}`);
    if (!data || data.size !== byteLength(storage)) {
      throw damaged(`storage ${shown(storage.key)} is missing, or of another length`);
    }
    storage.bytes = await stored(zip, data);
  }
  return arraysOf(pickle);
}

function arraysOf({ arrays }: FidelityPickle): FidelityCache {
  const [mu, sigma] = [arrays.get('mu'), arrays.get('sigma')];
  if (mu && sigma) {
    return { kind: 'statistics', mu: numbers(mu, 'mu'), sigma: numbers(sigma, 'sigma') };
  }
  const features = arrays.get('');
  if (!features || !('storage' in features) || features.shape.length !== 2) {
    const names = [...arrays.keys()].slice(0, 8).join(', ');
    throw new StudyError(
      `neither statistics nor features, but ${features ? 'another array' : `a dict of: ${shown(names)}`}`,
      'statistics are a dict of mu [d] and sigma [d, d], features a tensor [N, d]',
    );
  }
  const [rows, dimension] = features.shape as [number, number];
  return {
    kind: 'features',
    rows,
    dimension,
    values: tensorValues(features, features.shape, 'of features'),
  };
}

function numbers(array: PickledArray | TorchTensor, name: string): ArrayValues {
  if (!('storage' in array)) return arrayValues(array, name);
  const { shape } = array;
  return { dtype: 'float32', shape, values: Float64Array.from(tensorValues(array, shape, name)) };
}

/** A member's bytes. PyTorch packs none, so that nothing can swell. */
async function stored(zip: ZipArchive, member: ZipMember): Promise<Uint8Array> {
  if (!member.stored) throw damaged(`${member.name} is compressed`);
  return zip.read(member);
}

/** The note of newer versions; older ones know no other order on common machines. */
async function requireLittleEndian(zip: ZipArchive, folder: string): Promise<void> {
  const note = zip.members.find(({ name }) => name === `${folder}byteorder`);
  if (note && Buffer.from(await stored(zip, note)).toString() !== 'little') {
    throw damaged('it is not little-endian');
  }
}
