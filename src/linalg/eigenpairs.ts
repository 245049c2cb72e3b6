/** Eigenpairs: row k of the row-major `vectors` belongs to values[k], ascending. */
export interface Eigenpairs {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}
