import type { Matrix } from '../../src/linalg/gemm.ts';
import type { Statistics } from '../../src/metrics/reference.ts';
import { randomSymmetric } from '../linalg/matrices.ts';
import { plainGemm, plainMoments, randomMatrix } from '../linalg/plain.ts';

/** Mean and covariance of random rows with columns of unequal size; rank min(rows − 1, d). */
export function randomStatistics(d: number, rows: number, ...key: (string | number)[]): Statistics {
  const z = randomRows(rows, d, ...key);
  return plainMoments(z);
}

/** Rows whose columns shrink from 1 to about 1/d, correlated, around a mean that is not zero. */
export function randomRows(rows: number, d: number, ...key: (string | number)[]): Matrix {
  const { data } = randomMatrix(rows, d, 'rows', ...key);
  for (let i = 0; i < rows; i++) {
    for (let j = 1; j < d; j++) {
      data[i * d + j] = (data[i * d + j]! + 0.5 * data[i * d + j - 1]!) / Math.sqrt(1 + j) + 0.1;
    }
  }
  return { data, rows, columns: d };
}

/** Statistics with a diagonal covariance. */
export function diagonalStatistics(mean: ArrayLike<number>, variances: ArrayLike<number>) {
  const d = mean.length;
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++) covariance[i * d + i] = variances[i]!;
  return { mean: Float64Array.from(mean), covariance } satisfies Statistics;
}

/** The statistics after a rotation x → x R: a random orthogonal R [d, d]. */
export async function rotated({ mean, covariance }: Statistics, r: Matrix): Promise<Statistics> {
  const d = mean.length;
  const row = await plainGemm.multiply({ data: mean, rows: 1, columns: d }, r);
  const right = await plainGemm.multiply({ data: covariance, rows: d, columns: d }, r);
  const both = await plainGemm.multiply(r, right, { transposeA: true });
  return { mean: row.data, covariance: both.data };
}

/** A random orthogonal matrix [d, d]: a product of d reflections. */
export function randomRotation(d: number, seed: number): Matrix {
  const directions = randomSymmetric(d, seed);
  const r = new Float64Array(d * d);
  for (let i = 0; i < d; i++) r[i * d + i] = 1;
  for (let k = 0; k < d; k++) {
    const u = directions.subarray(k * d, k * d + d);
    const square = u.reduce((sum, x) => sum + x * x, 0);
    if (square === 0) continue;
    for (let i = 0; i < d; i++) {
      const row = r.subarray(i * d, i * d + d);
      const along = (2 * row.reduce((sum, x, j) => sum + x * u[j]!, 0)) / square;
      for (let j = 0; j < d; j++) row[j]! -= along * u[j]!;
    }
  }
  return { data: r, rows: d, columns: d };
}
