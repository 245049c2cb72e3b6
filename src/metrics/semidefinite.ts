import { StudyError } from '../errors.ts';
import { isDefinite } from '../linalg/cholesky.ts';
import type { Gemm } from '../linalg/gemm.ts';
import type { Statistics } from './reference.ts';

/** More than sums in float32 leave below 0, as a share of the trace. */
const ROUNDING_OF_SUMS = 1e-6;

/**
 * Tests a covariance by itself: a distance tests it only where the other side has variance too. Rounding
 * each entry of a covariance A to a unit u moves its eigenvalues by u tr A at most, since
 * |a_ij| ≤ √(a_ii a_jj). A is taken if it has a Cholesky factor once that is added to the diagonal.
 *
 * @param name of the file or the side, for the message
 * @param scale what the variances are compared with beyond their own sum: the other side's trace
 * @throws StudyError if the covariance has a clearly negative direction
 */
export async function requireSemidefinite(
  { mean, covariance }: Statistics,
  name: string,
  gemm: Gemm,
  scale = 0,
): Promise<void> {
  const d = mean.length;
  let trace = 0;
  for (let i = 0; i < d; i++) trace += Math.abs(covariance[i * d + i]!);
  // If all rows are equal, the sums hold nothing but rounding.
  const size = mean.reduce((sum, value) => sum + value * value, scale);
  const shift = (ROUNDING_OF_SUMS + unitOf(covariance)) * trace + d * Number.EPSILON * size;
  if (shift === 0 || (await isDefinite(covariance, d, gemm, shift))) return;
  throw new StudyError(
    `the covariance of ${name} is not positive semidefinite: it has a direction of negative variance`,
    'no set of images has such a covariance: compute these statistics again, in float64',
  );
}

/** The rounding unit of the narrowest type that holds all values, whatever type they arrive in. */
function unitOf(values: Float64Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  let low = 0;
  let high = 0;
  for (let k = 0; k < words.length; k += 2) {
    low |= words[k]!;
    high |= words[k + 1]!;
  }
  // A float64 that was a float32 ends in 29 zeros, one that was a float16 in 42.
  if ((low & 0x1fffffff) !== 0) return Number.EPSILON;
  return low === 0 && (high & 0x1ff) === 0 ? 2 ** -10 : 2 ** -23;
}
