import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { type Manifest, writeManifest } from '../../src/embeddings/manifest.ts';
import { randomRows } from '../metrics/gaussians.ts';

/** A folder as `study extract` leaves it, of random features. */
export async function writeCacheFolder(
  path: string,
  rows: number,
  dimension: number,
  model: Partial<Manifest['model']> = {},
): Promise<string> {
  mkdirSync(path, { recursive: true });
  const features = join(path, 'features.npy');
  const { data } = randomRows(rows, dimension, path.split('/').at(-1)!);
  await writeNpyRows(features, dimension, [Float32Array.from(data)]);
  const zeros = '0'.repeat(64);
  await writeManifest(path, {
    format: 'fid-study embeddings 1',
    key: zeros,
    rows,
    dimension,
    model: { name: 'net', mode: 'clean', dimension, sha256: zeros, comparable: true, ...model },
    features: {
      file: 'features.npy',
      dtype: 'float32',
      sha256: createHash('sha256').update(readFileSync(features)).digest('hex'),
    },
    images: {
      path: 'images',
      selection: {},
      sha256: zeros,
      count: rows,
      skipped: [],
      names: Array.from({ length: rows }, (_, i) => `${i}.png`),
    },
    extraction: { provider: 'cpu', batchSize: 1, threads: 1 },
    environment: {},
  });
  return path;
}
