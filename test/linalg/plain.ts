import type { LinearAlgebra } from '../../src/linalg/algebra.ts';
import type { Floats, Gemm, GemmOptions, Matrix } from '../../src/linalg/gemm.ts';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { semidefiniteFactor, symmetricEigen, symmetricEigenvalues } from './reference.ts';

/** Products by their definition. */
export const plainGemm: Gemm = {
  async multiply<T extends Floats>(
    a: Matrix<T>,
    b: Matrix<T>,
    { transposeA = false, transposeB = false, out, subtract = false }: GemmOptions<T> = {},
  ) {
    const left = transposeA ? transposed(a) : a;
    const right = transposeB ? transposed(b) : b;
    const data =
      a.data instanceof Float32Array
        ? new Float32Array(left.rows * right.columns)
        : new Float64Array(left.rows * right.columns);
    for (let i = 0; i < left.rows; i++) {
      for (let k = 0; k < left.columns; k++) {
        const scale = left.data[i * left.columns + k]!;
        for (let j = 0; j < right.columns; j++) {
          data[i * right.columns + j]! += scale * right.data[k * right.columns + j]!;
        }
      }
    }
    if (out) for (const [k, value] of data.entries()) out[k] = subtract ? out[k]! - value : value;
    return { data: (out ?? data) as T, rows: left.rows, columns: right.columns };
  },
  async multiplyAll(products, options) {
    for (const { a, b, out } of products) await plainGemm.multiply(a, b, { ...options, out });
  },
  async close() {},
};

/** The reference that fast linear algebra is held against. */
export const plainAlgebra: LinearAlgebra = {
  gemm: plainGemm,
  symmetricEigenvalues,
  symmetricEigen,
  semidefiniteFactor,
};

export function transposed<T extends Floats>({ data, rows, columns }: Matrix<T>): Matrix<T> {
  const out = data.slice() as T;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!;
  }
  return { data: out, rows: columns, columns: rows };
}

/** Standard normals [rows, columns]. */
export function randomMatrix(rows: number, columns: number, ...key: (string | number)[]): Matrix {
  const data = normalSource(stream('matrix', ...key)).fill(new Float64Array(rows * columns));
  return { data, rows, columns };
}

/** Integers from −9 to 9 [rows, columns]: their products are exact in any order. */
export function integerMatrix(rows: number, columns: number, ...key: (string | number)[]): Matrix {
  const { integer } = stream('integers', ...key);
  const data = Float64Array.from({ length: rows * columns }, () => integer(19) - 9);
  return { data, rows, columns };
}

/** Mean [d] and covariance [d, d] (divisor N − 1) by their definition. */
export function plainMoments({ data, rows, columns }: Matrix) {
  const mean = new Float64Array(columns);
  for (let k = 0; k < data.length; k++) mean[k % columns]! += data[k]! / rows;
  const centred = { data: data.map((value, k) => value - mean[k % columns]!), rows, columns };
  const covariance = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < rows; k++) {
        sum += centred.data[k * columns + i]! * centred.data[k * columns + j]!;
      }
      covariance[i * columns + j] = sum / (rows - 1);
    }
  }
  return { mean, covariance };
}
