import { statisticsOf } from '../../arrays/statistics-npz.ts';
import { openConverted } from '../../embeddings/converted.ts';
import { hasExtension } from '../../images/look.ts';
import { readFidelityCache } from '../../torch/fidelity-cache.ts';
import type { Reader } from '../side-kind.ts';

/**
 * A file of torch-fidelity's cache: a .pt of features [N, d] or of statistics. Only its pickle says
 * which, so the file is read here.
 */
export const torchFidelity: Reader = async (found) => {
  if (found.type !== 'zip') return undefined;
  const { path, members } = found;
  // PyTorch's weights are .pth.
  const isSaved = members.some((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (!isSaved && !hasExtension(found, 'pt')) return undefined;
  const cache = await readFidelityCache(path);
  return cache.kind === 'features'
    ? { kind: 'features', path, open: () => openConverted(path, cache) }
    : { kind: 'statistics', path, read: async () => statisticsOf(cache, path) };
};
