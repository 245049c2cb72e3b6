import type { Matrix } from '../../../src/linalg/gemm.ts';
import { referenceOfStatistics } from '../../../src/metrics/reference.ts';
import { plainAlgebra, randomMatrix } from '../../linalg/plain.ts';
import { diagonalStatistics } from '../../metrics/gaussians.ts';

const d = 4;
const variances = Float64Array.of(1, 0.6, 0.4, 0.3);

/** What all sets are compared with. */
export const population = diagonalStatistics(new Float64Array(d), variances);
export const reference = await referenceOfStatistics(population, plainAlgebra);

/** Latents of a generator [rows, 4]. */
export function latents(rows: number, ...key: (string | number)[]): Matrix {
  return randomMatrix(rows, d, 'compare', ...key);
}

/** Latents whose correlation with others is this, coordinate by coordinate. */
export function correlated(z: Matrix, correlation: number, ...key: (string | number)[]): Matrix {
  const { data } = latents(z.rows, 'other', ...key);
  const rest = Math.sqrt(1 - correlation ** 2);
  return { ...z, data: z.data.map((value, k) => correlation * value + rest * data[k]!) };
}

/** Images of a generator whose means are off by `offset` standard deviations. */
export function generated(z: Matrix, offset: number): Matrix {
  return { ...z, data: z.data.map((value, k) => (value + offset) * Math.sqrt(variances[k % d]!)) };
}

/** FID of that generator: nothing but its means is off. */
export function fidOf(offset: number): number {
  return offset ** 2 * variances.reduce((sum, value) => sum + value, 0);
}
