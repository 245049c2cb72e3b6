import type { Gemm, Matrix } from '../linalg/gemm.ts';

/**
 * The kernel of KID for all pairs of rows of x [m, d] and y [n, d], minus a constant:
 * (xᵀy/d + 1)³ − origin, written to the first m · n numbers of `out`.
 *
 * MMD² does not depend on the constant, and sums of values near zero keep digits that sums of values
 * near one would lose.
 */
export async function polynomialKernel(
  x: Matrix,
  y: Matrix,
  origin: number,
  gemm: Gemm,
  out: Float64Array,
): Promise<Float64Array> {
  const { data } = await gemm.multiply(x, y, { transposeB: true, out });
  const values = data.subarray(0, x.rows * y.rows);
  for (let k = 0; k < values.length; k++) {
    const base = values[k]! / x.columns + 1;
    values[k] = base * base * base - origin;
  }
  return values;
}

/** The kernel of two mean rows [d], close to the average kernel value. */
export function kernelOfMeans(x: Float64Array, y: Float64Array): number {
  const product = x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const base = product / x.length + 1;
  return base * base * base;
}
