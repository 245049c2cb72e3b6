import { Matrix, QrDecomposition, solve } from 'ml-matrix';

/**
 * Weights w of the estimate Σ w_i y_i of a polynomial of degree `order` in 1/n at 1/n = 0, from its
 * values at sizes n_i: Σ w_i = 1 and Σ w_i n_i^-k = 0 for k = 1 … order, with the smallest
 * Σ w_i² / v_i. They are those of weighted least squares.
 *
 * Solved in Chebyshev polynomials of an affine map of n_max/n to [−1, 1]: powers of 1/n are so
 * nearly parallel that order 3 would lose half of the digits.
 *
 * @param precision v_i > 0: 1 for ordinary least squares; n_i / n_max for VALE (Chen, Li, Tian & Zhu
 *   2026, arXiv 2610.07114), as the variance of a FID falls with n
 * @throws Error with fewer sizes than coefficients
 */
export function extrapolationWeights(
  sizes: readonly number[],
  order: number,
  precision: (size: number, largest: number) => number,
): Float64Array {
  const count = sizes.length;
  if (count < order + 1) throw new Error(`${count} sizes for a polynomial of order ${order}`);
  const largest = Math.max(...sizes);
  const span = largest / Math.min(...sizes) - 1;
  const roots = Float64Array.from(sizes, (size) => Math.sqrt(precision(size, largest)));
  const place = (inverse: number) => (2 * (inverse - 1)) / span - 1;
  const rows = sizes.map((size) => chebyshev(order, place(largest / size)));
  const target = chebyshev(order, place(0));
  // V^½ X = Q R; then w = V^½ Q R^-T target.
  const scaled = new Matrix(rows.map((row, i) => row.map((value) => roots[i]! * value)));
  const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(scaled);
  const along = solve(upperTriangularMatrix.transpose(), Matrix.columnVector(target));
  const weights = orthogonalMatrix.mmul(along).getColumn(0);
  return roots.map((root, i) => root * weights[i]!);
}

/** T_0 … T_order at x, which may lie outside of [−1, 1]. */
function chebyshev(order: number, x: number): number[] {
  const values = [1, x];
  while (values.length <= order) values.push(2 * x * values.at(-1)! - values.at(-2)!);
  return values.slice(0, order + 1);
}
