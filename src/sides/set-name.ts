import { basename, dirname } from 'node:path';

/** The name of a set's folder or file; for `DIR/features.npy` that of DIR. */
export function setName(path: string): string {
  // Windows allows no colon in the name of a folder, as in cifar10:train, and no stars of a pattern.
  const name = basename(path)
    .replace(/\.(npy|npz|zip|pt|pth|pkl|safetensors|tar|parquet)$/i, '')
    .replace(/[:*?<>|"]/g, '-');
  const folder = basename(dirname(path));
  // The working directory is `.`, which is not a name.
  return name === 'features' && /\w/.test(folder) ? folder : name;
}
