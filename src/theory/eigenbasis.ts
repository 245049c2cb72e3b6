import type { LinearAlgebra } from '../linalg/algebra.ts';
import { symmetricCongruence } from '../linalg/congruence.ts';
import type { Matrix } from '../linalg/gemm.ts';
import { mapVector } from '../linalg/linear-map.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import type { Reference } from '../metrics/reference.ts';

/** The basis in which FID's derivatives are diagonal, as one side is seen in it. */
export interface SideBasis {
  /** s_i > 0, ascending: roots of the eigenvalues of A that are not 0 to rounding. */
  readonly roots: Float64Array;
  /** W [d, rank] with ẑ = (x − μ) W of unit sample covariance. */
  readonly whitening: Matrix;
}

/** The eigenbasis of A = Lᵀ P L with Q = L Lᵀ. */
export interface Eigenbasis {
  /** W = L U diag(1/s) */
  readonly generated: SideBasis;
  /** W = P L U diag(1/s²): of the eigenbasis of P^½QP^½, without a factor of P */
  readonly reference: SideBasis;
  /** Terms of the Gaussian variance constants; see `gaussianVariances`. */
  readonly first: GaussianVariances;
}

/** N Var(FID_N) for Gaussian features: of a generated sample, and of a reference sample. */
export interface GaussianVariances {
  /** 4 δᵀPδ + 2 tr[((I − T)P)²] */
  readonly generated: number;
  /** 4 δᵀQδ + 2 tr[((I − T⁻¹)Q)²] */
  readonly reference: number;
}

/**
 * With B = L U (so BᵀPB = diag(s²), Q = BBᵀ) the matrix T = Q^½(Q^½PQ^½)^-½Q^½ is B diag(1/s) Bᵀ, and
 * TPT = Q. So without any square root
 *
 *   tr[((I − T)P)²]   = tr P² − 2 Σ |P b_i|²/s_i + Σ s_i²
 *   tr[((I − T⁻¹)Q)²] = tr Q² − 2 Σ |b_i|² s_i + Σ s_i².
 *
 * @param moments of z = x − m
 */
export async function eigenbasis(
  { factor }: Reference,
  { count, mean, covariance }: SampleMoments,
  { gemm, symmetricEigen }: LinearAlgebra,
): Promise<Eigenbasis> {
  const rank = factor.columns;
  const product = await symmetricCongruence(factor, covariance, gemm);
  const { values, vectors } = await symmetricEigen(product.data, rank);
  // Of N rows no more than N − 1 eigenvalues are not 0; those of the size of rounding say nothing.
  const floor = 10 * rank * Number.EPSILON * (values[rank - 1] ?? 0);
  const first = Math.max(
    rank - (count - 1),
    values.findIndex((value) => value > floor),
  );
  const roots = values.slice(Math.max(0, first)).map(Math.sqrt);
  const basis = await gemm.multiply(factor, { data: vectors, rows: rank, columns: rank });
  const kept = columnsFrom(basis, rank - roots.length);
  const mapped = await gemm.multiply(covariance, kept);
  let [generated, reference] = [squares(covariance.data), await squaredNorm(factor, gemm)];
  const [ofMapped, ofBasis] = [columnSquares(mapped), columnSquares(kept)];
  for (const [i, s] of roots.entries()) {
    generated += s * s - (2 * ofMapped[i]!) / s;
    reference += s * s - 2 * ofBasis[i]! * s;
  }
  const image = await gemm.multiply({ data: mean, rows: 1, columns: mean.length }, covariance);
  const along = mapVector({ kind: 'dense', matrix: factor }, mean);
  divideColumns(kept, roots);
  divideColumns(
    mapped,
    roots.map((s) => s * s),
  );
  return {
    generated: { roots, whitening: kept },
    reference: { roots, whitening: mapped },
    first: {
      generated: 4 * dot(image.data, mean) + 2 * generated,
      reference: 4 * squares(along) + 2 * reference,
    },
  };
}

/** tr Q² = |LᵀL|² */
async function squaredNorm(factor: Matrix, gemm: LinearAlgebra['gemm']): Promise<number> {
  const gram = await gemm.multiply(factor, factor, { transposeA: true });
  return squares(gram.data);
}

function columnsFrom({ data, rows, columns }: Matrix, first: number): Matrix {
  const width = columns - first;
  const out = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    out.set(data.subarray(i * columns + first, (i + 1) * columns), i * width);
  }
  return { data: out, rows, columns: width };
}

function divideColumns({ data, rows, columns }: Matrix, by: Float64Array): void {
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[k++]! /= by[j]!;
  }
}

function columnSquares({ data, rows, columns }: Matrix): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) sums[j]! += data[k]! * data[k]!;
  }
  return sums;
}

function squares(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value * value;
  return total;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (const [i, value] of a.entries()) total += value * b[i]!;
  return total;
}
