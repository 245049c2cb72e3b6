import { hasExtension } from '../../images/look.ts';
import { pickleContent } from '../../torch/file-content.ts';
import { kindOfContent } from '../chosen-entry.ts';
import type { Reader } from '../side-kind.ts';

/**
 * A pickle of protocols 2 to 5: statistics of EDM2 or StyleGAN3, arrays of NumPy; and PyTorch's legacy
 * format, which begins with one. Nothing of it is run.
 */
export const pickle: Reader = async (found, wanted) => {
  if (found.type !== 'file') return undefined;
  const [proto, version = 0] = found.head;
  const isPickle = proto === 0x80 && version >= 2 && version <= 5;
  // A batch of CIFAR-10 may begin with any bytes.
  if (!isPickle || hasExtension(found, 'bin')) {
    if (!hasExtension(found, 'pkl', 'pickle', 'pt', 'pth')) return undefined;
  }
  return kindOfContent(found.path, await pickleContent(found.path), wanted);
};
