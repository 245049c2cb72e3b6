import { couplingEigen } from './coupling-eigen.ts';
import { deflate } from './deflation.ts';
import type { Eigenpairs } from './eigenpairs.ts';
import type { Gemm, Matrix } from './gemm.ts';
import { HalvedRows } from './halved-rows.ts';

/** Rows below which a matrix is not divided further. */
const LEAF = 32;

/**
 * Eigenpairs of a symmetric tridiagonal matrix by divide and conquer: T is two halves and a coupling of
 * rank one (Cuppen 1981, doi 10.1007/BF01396757), whose eigenvectors are a product of large matrices. They are
 * orthogonal because they belong exactly to a slightly changed coupling (Gu & Eisenstat 1995, doi
 * 10.1137/S0895479892241287).
 *
 * @param d diagonal [n]; @param e off-diagonals, e[i] couples i and i + 1
 * @param solve eigenpairs of a small tridiagonal matrix, in any order
 */
export async function tridiagonalEigen(
  d: Float64Array,
  e: Float64Array,
  gemm: Gemm,
  solve: (d: Float64Array, e: Float64Array) => Eigenpairs,
): Promise<Eigenpairs> {
  const n = d.length;
  if (n <= LEAF) return solve(d, e);
  const half = n >> 1;
  const coupling = e[half - 1]!;
  const size = Math.abs(coupling);
  const upper = d.slice(0, half);
  const lower = d.slice(half);
  upper[half - 1]! -= size;
  lower[0]! -= size;
  const first = await tridiagonalEigen(upper, e.slice(0, half - 1), gemm, solve);
  const second = await tridiagonalEigen(lower, e.slice(half, n - 1), gemm, solve);
  return couple(first, second, coupling, gemm);
}

/** Eigenpairs of diag(T₁, T₂) + |c| u uᵀ, with u the last and, of the sign of c, the first unit vector. */
async function couple(
  first: Eigenpairs,
  second: Eigenpairs,
  coupling: number,
  gemm: Gemm,
): Promise<Eigenpairs> {
  const [p, q] = [first.values.length, second.values.length];
  const n = p + q;
  const d = new Float64Array(n);
  d.set(first.values);
  d.set(second.values, p);
  const root = Math.sqrt(Math.abs(coupling));
  const z = new Float64Array(n);
  for (let k = 0; k < p; k++) z[k] = root * first.vectors[k * p + p - 1]!;
  for (let k = 0; k < q; k++) z[p + k] = Math.sign(coupling) * root * second.vectors[k * q]!;
  const order = Array.from({ length: n }, (_, k) => k).sort((i, k) => d[i]! - d[k]! || i - k);
  const rows = new HalvedRows(first, second);
  const { coupled, free } = deflate(d, z, order, rows);

  // 1. Eigenvalues, and the eigenvectors in the basis of the halves.
  const found = couplingEigen(pick(d, coupled), pick(z, coupled));
  // 2. Both halves of the new eigenvectors.
  const products = [];
  for (const side of [0, 1] as const) {
    const members = coupled.map((k, at) => ({ k, at })).filter(({ k }) => rows.has(k, side));
    const ats = members.map(({ at }) => at);
    const inBasis = columnsOf(found.vectors, coupled.length, ats);
    const basis = rows.matrix(
      members.map(({ k }) => k),
      side,
    );
    products.push(await gemm.multiply(inBasis, basis));
  }
  // 3. All of them by their eigenvalue.
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  const all = [
    ...[...found.values].map((value, row) => ({ value, row, k: -1 })),
    ...free.map((k) => ({ value: d[k]!, row: -1, k })),
  ].sort((a, b) => a.value - b.value);
  for (const [to, { value, row, k }] of all.entries()) {
    values[to] = value;
    for (const [side, { data, columns }] of products.entries()) {
      const at = to * n + side * p;
      if (row >= 0) vectors.set(data.subarray(row * columns, (row + 1) * columns), at);
      else rows.copy(k, side as 0 | 1, vectors, at);
    }
  }
  return { values, vectors };
}

function pick(values: Float64Array, at: readonly number[]): Float64Array {
  return Float64Array.from(at, (k) => values[k]!);
}

/** Some columns of a matrix of `size` columns. */
function columnsOf(data: Float64Array, size: number, at: readonly number[]): Matrix {
  const rows = size === 0 ? 0 : data.length / size;
  const picked = new Float64Array(rows * at.length);
  for (let i = 0, to = 0; i < rows; i++) {
    for (let j = 0; j < at.length; j++) picked[to++] = data[i * size + at[j]!]!;
  }
  return { data: picked, rows, columns: at.length };
}
