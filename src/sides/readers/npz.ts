import { npzContent } from '../../arrays/npz-content.ts';
import { type Content, isStoredArray, type StoredArray } from '../../arrays/stored-array.ts';
import { hasExtension } from '../../images/look.ts';
import { isImageName } from '../../images/names.ts';
import { openNpzImages } from '../../images/npz.ts';
import { type ImagesEntry, kindOfContent } from '../chosen-entry.ts';
import type { Reader } from '../side-kind.ts';

/**
 * An .npz: statistics `mu` and `sigma` as of pytorch-fid, clean-fid and ADM; features [N, d] as
 * clean-fid's `feats`, dgm-eval's `reps` or under any name; images `arr_0` as of ADM's samplers, or uint8 [N, H, W, 3] under any name. ADM's
 * reference batches hold statistics and a part of the images behind them; the command says which to
 * take, like ADM's own evaluator.
 */
export const npz: Reader = async (found, wanted) => {
  if (found.type !== 'zip') return undefined;
  const { path, members } = found;
  const holdsArrays = members.length > 0 && members.every((name) => name.endsWith('.npy'));
  if (members.some(isImageName) || !(holdsArrays || hasExtension(found, 'npz'))) return undefined;
  const content = await npzContent(path);
  return kindOfContent(path, content, wanted, imagesOf(path, content));
};

/** `arr_0` is features where it is [N, d] of floats, as numpy.savez(path, features) writes it. */
function imagesOf(path: string, content: ReadonlyMap<string, Content>): ImagesEntry | undefined {
  const isFeatures = ({ shape, dtype }: StoredArray) =>
    shape.length !== 4 && dtype.includes('float');
  const found = [...content].find(([name, array]) => {
    if (!isStoredArray(array)) return false;
    return name === 'arr_0' ? !isFeatures(array) : isImages(array);
  });
  const [name] = found ?? [];
  return name === undefined
    ? undefined
    : { name, kind: { kind: 'images', path, open: () => openNpzImages(path) } };
}

function isImages({ shape, dtype }: StoredArray): boolean {
  return shape.length === 4 && shape[3] === 3 && dtype === 'uint8';
}
