import { deflate } from './deflation.ts';
import type { Gemm, Matrix } from './gemm.ts';
import { secularRoot } from './secular.ts';

/** Eigenpairs: row k of the row-major `vectors` belongs to values[k], ascending. */
export interface Eigenpairs {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

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

/** The eigenvectors of two halves as rows, the second's behind the first's. Rotated ones are whole. */
class HalvedRows {
  readonly #whole = new Map<number, Float64Array>();

  constructor(
    private readonly first: Eigenpairs,
    private readonly second: Eigenpairs,
  ) {}

  get #split(): number {
    return this.first.values.length;
  }

  /** Whether a row is not 0 in a half. */
  has(k: number, side: 0 | 1): boolean {
    return this.#whole.has(k) || k < this.#split === (side === 0);
  }

  /** Row i ← c · row i − s · row k, row k ← s · row i + c · row k. */
  rotate(i: number, k: number, c: number, s: number): void {
    const [x, y] = [this.#wholeRow(i), this.#wholeRow(k)];
    for (let j = 0; j < x.length; j++) {
      const [a, b] = [x[j]!, y[j]!];
      x[j] = c * a - s * b;
      y[j] = s * a + c * b;
    }
  }

  /** One half of some rows. */
  matrix(rows: readonly number[], side: 0 | 1): Matrix {
    const columns = (side === 0 ? this.first : this.second).values.length;
    const data = new Float64Array(rows.length * columns);
    for (const [at, k] of rows.entries()) this.copy(k, side, data, at * columns);
    return { data, rows: rows.length, columns };
  }

  copy(k: number, side: 0 | 1, out: Float64Array, at: number): void {
    const p = this.#split;
    const { values, vectors } = side === 0 ? this.first : this.second;
    const columns = values.length;
    const whole = this.#whole.get(k);
    if (whole) out.set(whole.subarray(side * p, side * p + columns), at);
    else if (this.has(k, side)) {
      const row = (k - side * p) * columns;
      out.set(vectors.subarray(row, row + columns), at);
    }
  }

  #wholeRow(k: number): Float64Array {
    let row = this.#whole.get(k);
    if (!row) {
      row = new Float64Array(this.#split + this.second.values.length);
      this.copy(k, k < this.#split ? 0 : 1, row, k < this.#split ? 0 : this.#split);
      this.#whole.set(k, row);
    }
    return row;
  }
}

/** Eigenpairs of diag(d) + z zᵀ, d ascending, none of z 0. */
function couplingEigen(d: Float64Array, z: Float64Array): Eigenpairs {
  const n = d.length;
  const w = z.map((value) => value * value);
  const values = new Float64Array(n);
  const gaps = new Float64Array(n * n);
  // The coupling, squared, to which the eigenvalues found belong exactly.
  const exact = new Float64Array(n).fill(1);
  for (let j = 0; j < n; j++) {
    const row = gaps.subarray(j * n, (j + 1) * n);
    values[j] = secularRoot(d, w, j, row);
    for (let i = 0; i < n; i++) exact[i]! *= i === j ? -row[i]! : row[i]! / (d[i]! - d[j]!);
  }
  for (let i = 0; i < n; i++) exact[i] = Math.sign(z[i]!) * Math.sqrt(Math.max(0, exact[i]!));
  for (let j = 0; j < n; j++) {
    const row = gaps.subarray(j * n, (j + 1) * n);
    let square = 0;
    for (let i = 0; i < n; i++) {
      const value = exact[i]! / row[i]!;
      row[i] = value;
      square += value * value;
    }
    const scale = 1 / Math.sqrt(square);
    for (let i = 0; i < n; i++) row[i]! *= scale;
  }
  return { values, vectors: gaps };
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
