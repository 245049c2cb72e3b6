import { join } from 'node:path';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import type { FeatureRows } from '../../src/metrics/features.ts';
import { randomRows } from './gaussians.ts';

/** Features that lie in memory. */
export function featuresOf({ data, rows, columns }: Matrix): FeatureRows {
  return {
    rows,
    dimension: columns,
    readBlock(start, count, out) {
      out.set(data.subarray(start * columns, (start + count) * columns));
    },
  };
}

/** A pool of float32 rows in a file, and the same rows in memory. */
export async function writePool(
  folder: string,
  rows: number,
  dimension: number,
  name = `pool-${rows}-${dimension}`,
): Promise<{ path: string; x: Matrix }> {
  const path = join(folder, `${name}.npy`);
  const { data } = randomRows(rows, dimension, 'pool', name);
  const rounded = Float32Array.from(data);
  await writeNpyRows(path, dimension, [rounded]);
  return { path, x: { data: Float64Array.from(rounded), rows, columns: dimension } };
}
