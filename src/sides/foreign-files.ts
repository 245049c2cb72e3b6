import { readNpz } from '../arrays/npz.ts';
import { openZip } from '../arrays/zip.ts';
import type { ForeignFeatures } from '../embeddings/converted.ts';
import { StudyError } from '../errors.ts';
import { readFidelityCache } from '../torch/fidelity-cache.ts';

/** What an .npz can hold that a command takes. */
export interface NpzContent {
  /** `arr_0`, as ADM's samplers write. */
  readonly images: boolean;
  /** `mu` and `sigma`, as pytorch-fid, clean-fid and ADM's reference batches have them. */
  readonly statistics: boolean;
  /** `feats` [N, d], as clean-fid keeps them for KID. */
  readonly features: boolean;
}

/** @throws StudyError where the file is no .npz, or holds nothing that a command takes */
export async function contentOfNpz(path: string): Promise<NpzContent> {
  const zip = await openZip(path);
  await zip.close();
  const names = zip.members.map(({ name }) => name.replace(/\.npy$/, ''));
  const content = {
    images: names.includes('arr_0'),
    statistics: names.includes('mu') || names.includes('sigma'),
    features: names.includes('feats'),
  };
  if (Object.values(content).includes(true)) return content;
  throw new StudyError(
    `${path} holds neither statistics, features nor images but: ${names.slice(0, 8).join(', ') || 'nothing'}`,
    'statistics are mu [d] and sigma [d, d], images arr_0 uint8 [N, H, W, 3], features feats [N, d]',
  );
}

export function isNpz(path: string): boolean {
  return /\.npz$/i.test(path);
}

/** torch-fidelity's caches; PyTorch's weights are .pth. */
export function isTorch(path: string): boolean {
  return /\.pt$/i.test(path);
}

/**
 * Features in a file of another tool: a `.pt` of torch-fidelity, or clean-fid's .npz with `feats`.
 *
 * @returns undefined for anything else, which is then images
 * @throws StudyError for a damaged file, and for one of statistics alone
 */
export async function foreignFeatures(path: string): Promise<ForeignFeatures | undefined> {
  if (isTorch(path)) {
    const cache = await readFidelityCache(path);
    if (cache.kind === 'features') return cache;
    throw statisticsAlone(path);
  }
  if (!isNpz(path)) return undefined;
  const { images, features } = await contentOfNpz(path);
  if (images) return undefined;
  if (!features) throw statisticsAlone(path);
  const { feats } = await readNpz(path, ['feats']);
  const [rows = 0, dimension = 0] = feats.shape;
  if (feats.shape.length !== 2 || !feats.dtype.startsWith('float')) {
    throw new StudyError(
      `feats in ${path} is ${feats.dtype} [${feats.shape.join(', ')}]`,
      'features are float32 [N, d]',
    );
  }
  return { rows, dimension, values: Float32Array.from(feats.values) };
}

function statisticsAlone(path: string): StudyError {
  return new StudyError(
    `${path} holds statistics, not features`,
    'give features, or the images that they are of',
  );
}
