import type { Gemm } from './gemm.ts';

/** Column j of the row-major `vectors` belongs to values[j], ascending. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** F [n, rank], row-major. */
interface Factored {
  readonly factor: Float64Array;
  readonly rank: number;
}

/** The linear algebra that distances are made of: one fast implementation, one plain reference. */
export interface LinearAlgebra {
  readonly gemm: Gemm;
  /** Eigenvalues, ascending, of the symmetric a [n, n]; only the lower triangle is read. */
  symmetricEigenvalues(a: Float64Array, n: number): Float64Array | Promise<Float64Array>;
  /** Eigenvalues, ascending, and eigenvectors of the symmetric a [n, n]: column j of the row-major
   * `vectors` [n, n] belongs to values[j]. Several times the work of the eigenvalues alone. */
  symmetricEigen(a: Float64Array, n: number): Eigen | Promise<Eigen>;
  /** Factor L [n, rank] with a = L Lᵀ of a symmetric positive semi-definite a [n, n]. */
  semidefiniteFactor(a: Float64Array, n: number): Factored | Promise<Factored>;
}
