import { hasExtension } from '../../images/look.ts';
import { safetensorsContent } from '../../torch/file-content.ts';
import { looksLikeSafetensors } from '../../torch/safetensors.ts';
import { kindOfContent } from '../chosen-entry.ts';
import type { Reader } from '../side-kind.ts';

/** A file of safetensors: features [N, d] in one of its tensors, or statistics `mu` and `sigma`. */
export const safetensors: Reader = async (found, wanted) => {
  if (found.type !== 'file') return undefined;
  const isNamed = hasExtension(found, 'safetensors');
  if (!isNamed && (hasExtension(found, 'bin') || !looksLikeSafetensors(found.head)))
    return undefined;
  return kindOfContent(found.path, await safetensorsContent(found.path), wanted);
};
