import { packColumns } from './_panels';
import { subtractLower } from './_rank2k';
import { subtractScaled } from './_vector';

/** Pivots taken before the rest of the matrix is updated. */
const PANEL: i32 = 64;
/** Below this an entry of the factor of a matrix scaled to max 1 is negligible: 2⁻²⁰⁰. */
const FLOOR: f64 = 6.223015277861142e-61;

@inline
function at(x: usize, i: i32): usize {
  return x + ((<usize>i) << 3);
}

/**
 * Cholesky with complete pivoting of a positive semi-definite matrix (Hammarling, Higham & Lucas
 * 2007), until no remaining diagonal entry exceeds its own limit: A ≈ F Fᵀ. Rows are never swapped:
 * pivots leave the set of active rows, which is compacted after each panel, so that F comes in A's
 * own order (its rows are those of a lower triangle, permuted).
 *
 * a: n rows, lower triangle, `stride` bytes apart, with room for n rounded up to a multiple of 4; it
 * is overwritten. limits: n doubles, what a diagonal entry must exceed to be a pivot. factor: n rows of n doubles, `stride` bytes apart, zero on entry.
 * indices: n 32-bit integers. work: (3 · PANEL + 1) rows of `stride` bytes.
 * Returns the rank, the number of columns of F. The diagonal that remains is at the start of work.
 */
export function factorSemidefinite(
  n: i32,
  a: usize,
  stride: usize,
  limits: usize,
  factor: usize,
  indices: usize,
  work: usize,
): i32 {
  const diagonal = work;
  const columns = diagonal + stride; // of F, for active rows, as rows
  const panels = columns + <usize>PANEL * stride;
  for (let i = 0; i < n; i++) store<i32>(indices + ((<usize>i) << 2), i);
  let active = n;
  let rank = 0;
  while (active > 0) {
    for (let i = 0; i < active; i++) {
      store<f64>(at(diagonal, i), load<f64>(at(a + <usize>i * stride, i)));
    }
    const taken = takePivots(active, a, stride, limits, indices, diagonal, columns);
    for (let i = 0; i < active; i++) {
      const row = factor + <usize>load<i32>(indices + ((<usize>i) << 2)) * stride;
      for (let k = 0; k < taken; k++) {
        store<f64>(at(row, rank + k), load<f64>(at(columns + <usize>k * stride, i)));
      }
    }
    rank += taken;
    active = compact(active, taken, a, stride, diagonal, columns, indices);
    if (taken < PANEL) break;
    const padded = (active + 3) & ~3;
    for (let i = 0; i < padded; i += 4) {
      packColumns(PANEL, at(columns, i), stride, panels + <usize>(i * PANEL) * 8);
    }
    subtractLower(padded, PANEL, panels, panels, a, stride);
  }
  for (let i = active; i < n; i++) store<f64>(at(diagonal, i), 0);
  return rank;
}

/** Up to PANEL columns of F; a pivot's place on the diagonal is marked by −∞. */
function takePivots(
  active: i32,
  a: usize,
  stride: usize,
  limits: usize,
  indices: usize,
  diagonal: usize,
  columns: usize,
): i32 {
  const padded = (active + 3) & ~3;
  for (let k = 0; k < PANEL; k++) {
    let pivot = -1;
    let size: f64 = 0;
    for (let i = 0; i < active; i++) {
      const left = load<f64>(at(diagonal, i));
      if (left > size && left > load<f64>(at(limits, load<i32>(indices + ((<usize>i) << 2))))) {
        pivot = i;
        size = left;
      }
    }
    if (pivot < 0) return k;
    const column = columns + <usize>k * stride;
    const row = a + <usize>pivot * stride;
    memory.copy(column, row, (<usize>pivot) << 3);
    for (let i = pivot; i < active; i++) {
      store<f64>(at(column, i), load<f64>(at(a + <usize>i * stride, pivot)));
    }
    for (let i = active; i < padded; i++) store<f64>(at(column, i), 0);
    for (let l = 0; l < k; l++) {
      const before = columns + <usize>l * stride;
      subtractScaled(padded, load<f64>(at(before, pivot)), before, column);
    }
    const root = sqrt(size);
    for (let i = 0; i < active; i++) {
      const left = load<f64>(at(diagonal, i));
      let value = load<f64>(at(column, i)) / root;
      if (left == -Infinity || abs(value) < FLOOR) value = 0;
      store<f64>(at(column, i), value);
      store<f64>(at(diagonal, i), left - value * value);
    }
    store<f64>(at(column, pivot), root);
    store<f64>(at(diagonal, pivot), -Infinity);
  }
  return PANEL;
}

/** Drops the pivots' rows and columns; returns how many rows remain. */
function compact(
  active: i32,
  taken: i32,
  a: usize,
  stride: usize,
  diagonal: usize,
  columns: usize,
  indices: usize,
): i32 {
  let to = 0;
  for (let i = 0; i < active; i++) {
    if (load<f64>(at(diagonal, i)) == -Infinity) continue;
    const from = a + <usize>i * stride;
    const row = a + <usize>to * stride;
    let end = 0;
    for (let j = 0; j <= i; j++) {
      if (load<f64>(at(diagonal, j)) == -Infinity) continue;
      store<f64>(at(row, end++), load<f64>(at(from, j)));
    }
    store<i32>(indices + ((<usize>to) << 2), load<i32>(indices + ((<usize>i) << 2)));
    to++;
  }
  for (let k = 0; k < taken; k++) {
    const column = columns + <usize>k * stride;
    let end = 0;
    for (let j = 0; j < active; j++) {
      if (load<f64>(at(diagonal, j)) == -Infinity) continue;
      store<f64>(at(column, end++), load<f64>(at(column, j)));
    }
    for (; (end & 3) != 0; end++) store<f64>(at(column, end), 0);
  }
  let end = 0;
  for (let j = 0; j < active; j++) {
    const value = load<f64>(at(diagonal, j));
    if (value != -Infinity) store<f64>(at(diagonal, end++), value);
  }
  return to;
}
