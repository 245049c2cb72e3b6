import { packRows } from './_panels';
import { subtractLower } from './_rank2k';
import { subtractTile } from './_tile';

/** Columns factored before the others are updated. */
const PANEL: i32 = 64;

@inline
function entry(tile: usize, stride: usize, i: i32, j: i32): usize {
  return tile + <usize>i * stride + ((<usize>j) << 3);
}

/** L of a 4 × 4 tile, in place; the position of a pivot that is not positive, or −1. */
function factorTile(tile: usize, stride: usize): i32 {
  for (let j = 0; j < 4; j++) {
    let pivot = load<f64>(entry(tile, stride, j, j));
    for (let k = 0; k < j; k++) {
      const x = load<f64>(entry(tile, stride, j, k));
      pivot -= x * x;
    }
    if (!(pivot > 0)) return j;
    pivot = sqrt(pivot);
    store<f64>(entry(tile, stride, j, j), pivot);
    for (let i = j + 1; i < 4; i++) {
      let sum = load<f64>(entry(tile, stride, i, j));
      for (let k = 0; k < j; k++) {
        sum -= load<f64>(entry(tile, stride, i, k)) * load<f64>(entry(tile, stride, j, k));
      }
      store<f64>(entry(tile, stride, i, j), sum / pivot);
      store<f64>(entry(tile, stride, j, i), 0);
    }
  }
  return -1;
}

/** X ← X L⁻ᵀ for 4 × 4 tiles. */
function solveTile(tile: usize, lower: usize, stride: usize): void {
  for (let j = 0; j < 4; j++) {
    const pivot = load<f64>(entry(lower, stride, j, j));
    for (let i = 0; i < 4; i++) {
      let sum = load<f64>(entry(tile, stride, i, j));
      for (let k = 0; k < j; k++) {
        sum -= load<f64>(entry(tile, stride, i, k)) * load<f64>(entry(lower, stride, j, k));
      }
      store<f64>(entry(tile, stride, i, j), sum / pivot);
    }
  }
}

/**
 * The first `columns` columns of the Cholesky factor, in place, of a positive definite matrix:
 * right-looking, by panels made of 4 × 4 tiles, each packed for the products as soon as it is finished.
 * The columns beyond are not updated.
 *
 * a: n rows, lower triangle, `stride` bytes apart; n and `columns` are multiples of 4. Outside the diagonal
 * tiles the upper triangle is left alone. work: 64 · n doubles.
 * Returns −1, or the row whose pivot is not positive.
 */
export function factorDefinite(n: i32, columns: i32, a: usize, stride: usize, work: usize): i32 {
  const panel = (<usize>PANEL) << 5;
  for (let start = 0; start < columns; start += PANEL) {
    const end = min(start + PANEL, columns);
    for (let i = start; i < n; i += 4) {
      const left = work + <usize>((i - start) >> 2) * panel;
      for (let k = start; k <= min(i, end - 4); k += 4) {
        const tile = entry(a, stride, i, k);
        const right = work + <usize>((k - start) >> 2) * panel;
        subtractTile(k - start, left, right, 32, tile, stride);
        if (i == k) {
          const failed = factorTile(tile, stride);
          if (failed >= 0) return i + failed;
        } else {
          solveTile(tile, entry(a, stride, k, k), stride);
        }
        packRows(4, tile, stride, left + ((<usize>(k - start)) << 5));
      }
    }
    if (end == columns) break;
    const rest = work + <usize>((end - start) >> 2) * panel;
    const to = entry(a, stride, end, end);
    subtractLower(n - end, columns - end, PANEL, rest, rest, to, stride);
  }
  return -1;
}
