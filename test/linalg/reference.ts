import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix';

/**
 * Plain counterparts of the kernels' functions, by ml-matrix. Same signatures, same results to
 * rounding, minutes instead of a second at n = 2048.
 */

/** Eigenvalues, ascending, of the symmetric a (n × n, row-major, lower triangle read). */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  return symmetricEigen(a, n).values;
}

/** Eigenvalues, ascending, and eigenvectors: column j of the n × n `vectors` belongs to value j. */
export function symmetricEigen(
  a: Float64Array,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  if (n === 0) return { values: new Float64Array(0), vectors: new Float64Array(0) };
  const decomposition = new EigenvalueDecomposition(symmetric(a, n), { assumeSymmetric: true });
  const order = decomposition.realEigenvalues.map((value, index) => ({ value, index }));
  order.sort((x, y) => x.value - y.value);
  const { eigenvectorMatrix } = decomposition;
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    order.forEach(({ index }, j) => {
      vectors[i * n + j] = eigenvectorMatrix.get(i, index);
    });
  }
  return { values: Float64Array.from(order, ({ value }) => value), vectors };
}

/** The lower triangular L with a = L Lᵀ of a positive definite a. */
export function choleskyFactor(a: Float64Array, n: number): Float64Array {
  if (n === 0) return new Float64Array(0);
  const decomposition = new CholeskyDecomposition(symmetric(a, n));
  if (!decomposition.isPositiveDefinite()) throw new Error('matrix is not positive definite');
  return Float64Array.from(decomposition.lowerTriangularMatrix.to1DArray());
}

/** A factor n × rank of a positive semi-definite a = L Lᵀ, from its eigenvectors. */
export function semidefiniteFactor(
  a: Float64Array,
  n: number,
): { factor: Float64Array; rank: number } {
  const { values, vectors } = symmetricEigen(a, n);
  const floor = n * Number.EPSILON * (values[n - 1] ?? 0);
  const first = values.findIndex((value) => value > floor);
  const rank = first < 0 ? 0 : n - first;
  const factor = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < rank; k++) {
      factor[i * rank + k] = vectors[i * n + first + k]! * Math.sqrt(values[first + k]!);
    }
  }
  return { factor, rank };
}

function symmetric(a: Float64Array, n: number): Matrix {
  const matrix = new Matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      matrix.set(i, j, a[i * n + j]!);
      matrix.set(j, i, a[i * n + j]!);
    }
  }
  return matrix;
}
