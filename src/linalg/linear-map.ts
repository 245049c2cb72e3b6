import { symmetricCongruence } from './congruence.ts';
import { factorProduct } from './factor-product.ts';
import type { Gemm, Matrix } from './gemm.ts';

/** A linear map of d coordinates to r, as its d × r matrix M: a row vector z becomes z · M. */
export type LinearMap =
  | { readonly kind: 'identity' }
  | { readonly kind: 'diagonal'; readonly values: Float64Array }
  | { readonly kind: 'dense'; readonly matrix: Matrix };

/** z · M for one vector z [d]. */
export function mapVector(map: LinearMap, z: Float64Array): Float64Array {
  switch (map.kind) {
    case 'identity':
      return z.slice();
    case 'diagonal':
      return z.map((value, i) => value * map.values[i]!);
    case 'dense': {
      const { data, rows, columns } = map.matrix;
      const out = new Float64Array(columns);
      for (let i = 0; i < rows; i++) {
        const value = z[i]!;
        for (let j = 0; j < columns; j++) out[j]! += value * data[i * columns + j]!;
      }
      return out;
    }
  }
}

/** Z · M for rows Z [n, d]; may return Z itself. */
export async function mapRows(map: LinearMap, z: Matrix, gemm: Gemm): Promise<Matrix> {
  switch (map.kind) {
    case 'identity':
      return z;
    case 'diagonal': {
      const data = new Float64Array(z.rows * z.columns);
      for (let i = 0, k = 0; i < z.rows; i++) {
        for (let j = 0; j < z.columns; j++, k++) data[k] = z.data[k]! * map.values[j]!;
      }
      return { ...z, data };
    }
    case 'dense':
      return factorProduct(z, map.matrix, gemm);
  }
}

/**
 * Mᵀ S M for a symmetric S [d, d]: the covariance after the map. Only the lower triangle is certain to
 * be filled in; may return S itself.
 */
export async function congruence(map: LinearMap, s: Matrix, gemm: Gemm): Promise<Matrix> {
  switch (map.kind) {
    case 'identity':
      return s;
    case 'diagonal': {
      const { values } = map;
      const d = s.rows;
      const data = new Float64Array(d * d);
      for (let i = 0; i < d; i++) {
        const value = values[i]!;
        for (let j = 0, k = i * d; j <= i; j++, k++) data[k] = s.data[k]! * values[j]! * value;
      }
      return { data, rows: d, columns: d };
    }
    case 'dense':
      return symmetricCongruence(map.matrix, s, gemm);
  }
}

/** tr Mᵀ S M, if possible without forming the product. */
export async function traceAfter(map: LinearMap, s: Matrix, gemm: Gemm): Promise<number> {
  const d = s.rows;
  let total = 0;
  if (map.kind === 'dense') {
    // tr Mᵀ S M = Σ_ij M_ij (S M)_ij
    const product = await gemm.multiply(s, map.matrix);
    for (const [k, value] of product.data.entries()) total += value * map.matrix.data[k]!;
    return total;
  }
  for (let i = 0; i < d; i++) {
    const scale = map.kind === 'diagonal' ? map.values[i]! ** 2 : 1;
    total += scale * s.data[i * d + i]!;
  }
  return total;
}

/** The number of coordinates that come out of a map of d. */
export function imageDimension(map: LinearMap, dimension: number): number {
  return map.kind === 'dense' ? map.matrix.columns : dimension;
}
