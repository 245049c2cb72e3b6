import { openEmbeddings } from '../../embeddings/open.ts';
import { hasExtension } from '../../images/look.ts';
import { isImageNpy, openNpyImages } from '../../images/npy.ts';
import type { Reader } from '../side-kind.ts';

const magic = Buffer.from('\x93NUMPY', 'latin1');

/** Features [N, d] in a .npy of float16, float32 or float64, or images uint8 [N, H, W, 3]. */
export const npy: Reader = (found) => {
  if (found.type !== 'file') return undefined;
  const { path, head } = found;
  if (!magic.equals(head.subarray(0, magic.length)) && !hasExtension(found, 'npy'))
    return undefined;
  if (isImageNpy(head)) return { kind: 'images', path, open: () => openNpyImages(path) };
  return { kind: 'features', path, open: () => openEmbeddings(path) };
};
