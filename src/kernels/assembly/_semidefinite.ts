import { entryAt, WIDTH, widthAt } from './_block-columns';
import { packRows } from './_panels';
import { subtractLower } from './_rank2k';

/** Pivots taken before the rest of the matrix is updated: a block. */
const PANEL: i32 = 128;
/** Below this an entry of the factor of a matrix scaled to max 1 is negligible: 2⁻²⁰⁰. */
const FLOOR: f64 = 6.223015277861142e-61;

@inline
function at(x: usize, i: i32): usize {
  return x + ((<usize>i) << 3);
}

/**
 * Up to PANEL columns, from `start` on (a multiple of PANEL), of the factor of a positive semi-definite
 * matrix by Cholesky with complete pivoting (Hammarling, Higham & Lucas 2007), in place: A ≈ F Fᵀ of
 * the rows in the order of `indices`, until no remaining diagonal entry exceeds its own limit.
 *
 * a: lower triangle of n rows (a multiple of 4) in block columns, up to date from `start` on. limits: n
 * doubles, what a diagonal entry must exceed to be a pivot. indices: n 32-bit integers, where rows come
 * from. Both are swapped along with the rows. work: n + PANEL doubles; the first n are what remains of
 * the diagonal.
 * Returns the number of columns.
 */
export function takePivots(
  n: i32,
  start: i32,
  a: usize,
  limits: usize,
  indices: usize,
  work: usize,
): i32 {
  const diagonal = work;
  const row = at(work, n);
  const end = min(start + PANEL, n);
  for (let i = 0; i < start; i++) store<f64>(at(diagonal, i), 0);
  for (let i = start; i < n; i++) store<f64>(at(diagonal, i), load<f64>(entryAt(n, a, i, i)));
  for (let k = start; k < end; k++) {
    let pivot = -1;
    let size: f64 = 0;
    for (let i = k; i < n; i++) {
      const left = load<f64>(at(diagonal, i));
      if (left > size && left > load<f64>(at(limits, i))) {
        pivot = i;
        size = left;
      }
    }
    if (pivot < 0) return k - start;
    if (pivot > k) {
      swapRows(n, a, k, pivot);
      swapDoubles(at(diagonal, k), at(diagonal, pivot));
      swapDoubles(at(limits, k), at(limits, pivot));
      const x = indices + ((<usize>k) << 2);
      const y = indices + ((<usize>pivot) << 2);
      const index = load<i32>(x);
      store<i32>(x, load<i32>(y));
      store<i32>(y, index);
    }
    formColumn(n, start, k, a, sqrt(size), diagonal, row);
    store<f64>(at(diagonal, k), 0);
  }
  return end - start;
}

/** Column k of the factor, below its pivot's `root`, and the diagonal after it. row: PANEL doubles. */
function formColumn(
  n: i32,
  start: i32,
  k: i32,
  a: usize,
  root: f64,
  diagonal: usize,
  row: usize,
): void {
  // The columns of the panel up to k, of row k: zeros pad them to whole groups.
  const count = k - start;
  const padded = (count + 3) & ~3;
  memory.copy(row, entryAt(n, a, k, start), (<usize>count) << 3);
  memory.fill(at(row, count), 0, (<usize>(padded - count)) << 3);
  const stride = (<usize>widthAt(n, k)) << 3;
  const last = at(row, padded);
  let from = entryAt(n, a, k, start);
  store<f64>(at(from, count), root);
  for (let i = k + 1; i < n; i++) {
    from += stride;
    let s = f64x2.splat(0);
    let t = f64x2.splat(0);
    let y = from;
    for (let x = row; x < last; x += 32) {
      s = f64x2.add(s, f64x2.mul(v128.load(x), v128.load(y)));
      t = f64x2.add(t, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
      y += 32;
    }
    s = f64x2.add(s, t);
    const sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
    let value = (load<f64>(at(from, count)) - sum) / root;
    if (abs(value) < FLOOR) value = 0;
    store<f64>(at(from, count), value);
    const left = at(diagonal, i);
    store<f64>(left, load<f64>(left) - value * value);
  }
}

@inline
function swapDoubles(x: usize, y: usize): void {
  const value = load<f64>(x);
  store<f64>(x, load<f64>(y));
  store<f64>(y, value);
}

/** Swaps rows and columns k < p of the symmetric matrix, and the rows of the factor's columns so far. */
function swapRows(n: i32, a: usize, k: i32, p: i32): void {
  for (let j = 0; j < k; j++) swapDoubles(entryAt(n, a, k, j), entryAt(n, a, p, j));
  swapDoubles(entryAt(n, a, k, k), entryAt(n, a, p, p));
  let x = entryAt(n, a, k, k);
  const down = (<usize>widthAt(n, k)) << 3;
  for (let i = k + 1; i < p; i++) {
    x += down;
    swapDoubles(x, entryAt(n, a, p, i));
  }
  x += down;
  let y = entryAt(n, a, p, p);
  const across = (<usize>widthAt(n, p)) << 3;
  for (let i = p + 1; i < n; i++) {
    x += down;
    y += across;
    swapDoubles(x, y);
  }
}

/**
 * Copies what lies below a finished panel, rows of PANEL numbers, to `out`, and updates the rest of the
 * panel's own block. work: 64 · n doubles.
 */
export function finishPanel(n: i32, start: i32, a: usize, out: usize, work: usize): void {
  const end = start + PANEL;
  const rows = n - end;
  const stride = (<usize>widthAt(n, start)) << 3;
  const panel = (<usize>PANEL) << 3;
  const from = entryAt(n, a, end, start);
  for (let i = 0; i < rows; i++) memory.copy(out + <usize>i * panel, from + <usize>i * stride, panel);
  const columns = min(start - (start & (WIDTH - 1)) + WIDTH, n) - end;
  if (columns <= 0) return;
  for (let i = 0; i < rows; i += 4) {
    packRows(PANEL, out + <usize>i * panel, panel, work + <usize>i * panel);
  }
  subtractLower(rows, columns, PANEL, work, work, from + panel, stride);
}
