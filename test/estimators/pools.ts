import type { Matrix } from '../../src/linalg/gemm.ts';
import { referenceOfStatistics, type Statistics } from '../../src/metrics/reference.ts';
import { plainAlgebra, plainMoments } from '../linalg/plain.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { randomRows, randomStatistics } from '../metrics/gaussians.ts';

/** A pool of random rows against a reference of another covariance and mean. */
export async function smallPool(rows: number, d: number, seed: number) {
  const x = randomRows(rows, d, 'estimators', seed);
  const statistics = randomStatistics(d, 4 * d, 'estimators', seed);
  const reference = await referenceOfStatistics(statistics, plainAlgebra);
  return { x, pool: featuresOf(x), statistics, reference };
}

/** Moments of some rows of a matrix. */
export function momentsOf({ data, columns }: Matrix, rows: readonly number[]): Statistics {
  const some = rows.flatMap((row) => [...data.subarray(row * columns, (row + 1) * columns)]);
  return plainMoments({ data: Float64Array.from(some), rows: rows.length, columns });
}
