import { subtractBlock, TALL, WIDE } from './_block';
import { formT, negativeGram } from './_compact';
import { packColumns, packRows } from './_panels';
import { subtractTile } from './_tile';

/** Reflections applied at once. */
const BLOCK: i32 = 32;
const ROW: usize = (<usize>BLOCK) << 3;
const SQUARE: usize = ROW * <usize>BLOCK;

/**
 * Q of the reduction A = Q T Qᵀ by `tridiagonalise`, from the reflectors it left in a: the reflections
 * are applied to the identity from the smallest on, so that all stays within a leading block that
 * grows, BLOCK at a time, as I − V T Vᵀ.
 *
 * a, taus: as `tridiagonalise` leaves them, n a multiple of 4; q: n rows, `stride` bytes apart, too.
 * work: 5 · BLOCK rows of `stride` bytes, and 4 BLOCK² + BLOCK doubles.
 */
export function formQ(n: i32, a: usize, stride: usize, taus: usize, q: usize, work: usize): void {
  for (let i = 0; i < n; i++) {
    const row = q + <usize>i * stride;
    memory.fill(row, 0, (<usize>n) << 3);
    store<f64>(row + ((<usize>i) << 3), 1);
  }
  const block = <usize>BLOCK * stride;
  const v = work; // rows: reflectors, the longest first
  const packed = v + block; // V in panels of 4 reflectors
  const product = packed + block; // rows: −Vᵀ Q
  const w = product + block; // rows: T Vᵀ Q
  const panels = w + block; // W in panels of 4 columns
  const gram = panels + block;
  const t = gram + SQUARE;
  const factors = t + SQUARE;
  const scales = factors + SQUARE;
  for (let start = 0; start < n; start += BLOCK) {
    const m = min(start + BLOCK, n);
    memory.fill(v, 0, block);
    for (let k = 0; k < BLOCK; k++) {
      const i = m - 1 - k;
      const scale = i > start || (i == start && i > 0) ? load<f64>(taus + ((<usize>i) << 3)) : 0;
      store<f64>(scales + ((<usize>k) << 3), scale);
      if (scale == 0) continue;
      memory.copy(v + <usize>k * stride, a + <usize>i * stride, (<usize>i) << 3);
    }
    for (let k = 0; k < BLOCK; k += 4) {
      packRows(m, v + <usize>k * stride, stride, packed + ((<usize>(k * m)) << 3));
    }
    negativeGram(BLOCK, m, packed, packed, gram);
    formT(BLOCK, scales, gram, t);
    memory.fill(product, 0, block);
    multiply(m, q, stride, packed, product);
    transform(m, t, stride, product, w, factors);
    for (let j = 0; j < m; j += 4) {
      packColumns(BLOCK, w + ((<usize>j) << 3), stride, panels + ((<usize>(j * BLOCK)) << 3));
    }
    subtractOuter(m, v, stride, panels, q, factors);
  }
}

/** X −= Vᵀ Q for the leading m × m part of Q. */
function multiply(m: i32, q: usize, stride: usize, packed: usize, x: usize): void {
  for (let i = 0; i < m; i += TALL) {
    const tall = min(TALL, m - i);
    for (let j = 0; j < m; j += WIDE) {
      const block = q + <usize>i * stride + ((<usize>j) << 3);
      subtractBlock(m, BLOCK, tall, min(WIDE, m - j), i, j, block, stride, 32, packed, x, stride);
    }
  }
}

/** W ← −T X. */
function transform(m: i32, t: usize, stride: usize, x: usize, w: usize, factor: usize): void {
  memory.fill(w, 0, <usize>BLOCK * stride);
  for (let k = 0; k < BLOCK; k += 4) {
    packRows(BLOCK, t + <usize>k * ROW, ROW, factor);
    for (let j = 0; j < m; j += 4) {
      const at = (<usize>j) << 3;
      subtractTile(BLOCK, factor, x + at, stride, w + <usize>k * stride + at, stride);
    }
  }
}

/** Q −= V W, W packed by columns. */
function subtractOuter(m: i32, v: usize, stride: usize, w: usize, q: usize, left: usize): void {
  const panel = <usize>BLOCK << 5;
  for (let i = 0; i < m; i += 4) {
    packColumns(BLOCK, v + ((<usize>i) << 3), stride, left);
    const row = q + <usize>i * stride;
    for (let j = 0; j < m; j += 4) {
      subtractTile(BLOCK, left, w + <usize>(j >> 2) * panel, 32, row + ((<usize>j) << 3), stride);
    }
  }
}
