export type Floats = Float64Array | Float32Array;

/** A row-major matrix, of float64 unless said otherwise. */
export interface Matrix<T extends Floats = Float64Array> {
  readonly data: T;
  readonly rows: number;
  readonly columns: number;
}
