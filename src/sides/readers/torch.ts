import { hasExtension } from '../../images/look.ts';
import { torchContent } from '../../torch/file-content.ts';
import { isTorchZip } from '../../torch/torch-zip.ts';
import { kindOfContent } from '../chosen-entry.ts';
import type { Reader } from '../side-kind.ts';

/**
 * A file of `torch.save`: a tensor of features [N, d], or a dict with one or with statistics, such as
 * torch-fidelity's cache. Only its pickle says which, so that is read here.
 */
export const torch: Reader = async (found, wanted) => {
  if (found.type !== 'zip') return undefined;
  if (!isTorchZip(found.members) && !hasExtension(found, 'pt', 'pth')) return undefined;
  return kindOfContent(found.path, await torchContent(found.path), wanted);
};
