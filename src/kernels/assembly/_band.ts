import { formT, negativeGram } from './_compact';
import { packColumns, packRows } from './_panels';
import { subtractRank2k } from './_rank2k';
import { beta, reflect, tau } from './_reflector';
import { subtractSymmetricProduct } from './_symmetric-product';
import { subtractTile } from './_tile';
import { clear, dot, FLOOR, scaleFlushed, subtractScaled } from './_vector';

/** Half-bandwidth of the band, and reflectors a panel; a multiple of 16 (see `chaseBulges`). */
export const BAND: i32 = 16;
const ROW: usize = (<usize>BAND) << 3;
const SQUARE: usize = ROW * <usize>BAND;

/** Columns of W formed at a time, so that the rows they are made of stay in the L1 cache. */
const STRIP: i32 = 64;

/**
 * Orthogonal reduction of a symmetric matrix to one of half-bandwidth BAND, in place, from the last
 * rows upwards (first half of Bischof, Lang & Sun, ACM TOMS 26, 2000). BAND rows are reflected, each
 * onto its last entry within the band; their product Q = I − V T Vᵀ is then applied from both sides
 * as A −= V Wᵀ + W Vᵀ with W = A V T − ½ V Tᵀ Vᵀ A V T. All of the O(n³) work is matrix products.
 *
 * a: n rows, n a multiple of 4, lower triangle, `stride` bytes apart, entries of at most 1.
 * Entries left of the band are not cleared.
 * work: 8 · BAND rows of `stride` bytes, and 64 KiB.
 */
export function reduceToBand(n: i32, a: usize, stride: usize, work: usize): void {
  const block = <usize>BAND * stride;
  const v = work; // rows: reflectors
  const x = v + block; // rows: −A v; right behind V, see formW
  const w = x + block;
  const packed = w + block; // V in panels of 4 reflectors
  const panels = packed + block;
  const small = panels + 4 * block;
  for (let c = n - BAND; c > 0; c -= BAND) {
    reflectRows(c, a + <usize>c * stride, stride, v, small);
    for (let k = 0; k < BAND; k += 4) {
      packRows(c, v + <usize>k * stride, stride, packed + ((<usize>(k * c)) << 3));
    }
    memory.fill(x, 0, block);
    subtractSymmetricProduct(c, BAND, a, stride, packed, x, small + 8 * SQUARE);
    formW(c, stride, v, x, w, packed, panels, small);
    subtractRank2k(c, BAND, v, w, a, stride, panels);
  }
}

/** Reflects the BAND rows below row c, the last one first; V by rows, and tau at `taus`. */
function reflectRows(c: i32, rows: usize, stride: usize, v: usize, taus: usize): void {
  for (let k = 0; k < BAND; k++) {
    const row = rows + <usize>(BAND - 1 - k) * stride;
    const vk = v + <usize>k * stride;
    const length = c - k;
    if (length < 2) {
      clear(0, c, vk);
      store<f64>(taus + ((<usize>k) << 3), 0);
      continue;
    }
    const padded = (length + 3) & ~3;
    memory.copy(vk, row, (<usize>padded) << 3);
    reflect(length, vk, vk);
    clear(padded, c, vk);
    store<f64>(taus + ((<usize>k) << 3), tau);
    store<f64>(row + ((<usize>(length - 1)) << 3), beta);
    if (tau == 0) clear(0, padded, vk);
    for (let above = rows; above < row; above += stride) {
      const s = tau * dot(padded, above, vk);
      if (abs(s) > FLOOR) subtractScaled(padded, s, vk, above);
    }
  }
}

@inline
function entry(matrix: usize, i: i32, j: i32): usize {
  return matrix + <usize>i * ROW + ((<usize>j) << 3);
}

/** s ← ½ Tᵀ M T, M symmetric; m is overwritten. */
function formS(t: usize, m: usize, s: usize): void {
  for (let i = 0; i < BAND; i++) {
    // From the right end: column j of M T needs the columns before it only.
    for (let j = BAND - 1; j >= 0; j--) {
      let sum: f64 = 0;
      for (let k = 0; k <= j; k++) sum += load<f64>(entry(m, i, k)) * load<f64>(entry(t, k, j));
      store<f64>(entry(m, i, j), sum);
    }
  }
  for (let i = 0; i < BAND; i++) {
    for (let j = 0; j < BAND; j++) {
      let sum: f64 = 0;
      for (let k = 0; k <= i; k++) sum += load<f64>(entry(t, k, i)) * load<f64>(entry(m, k, j));
      store<f64>(entry(s, i, j), 0.5 * sum);
    }
  }
}

/** Wᵀ ← −(½ S Vᵀ + Tᵀ X), X = −(A V)ᵀ: one product of depth 2 · BAND, for V and X are adjacent. */
function formW(
  c: i32,
  stride: usize,
  v: usize,
  x: usize,
  w: usize,
  packed: usize,
  panels: usize,
  small: usize,
): void {
  const gram = small + ROW;
  const t = gram + SQUARE;
  const s = t + SQUARE;
  const factors = s + SQUARE;
  negativeGram(BAND, c, packed, packed, gram);
  formT(BAND, small, gram, t);
  for (let k = 0; k < BAND; k += 4) {
    packRows(c, x + <usize>k * stride, stride, panels + ((<usize>(k * c)) << 3));
  }
  negativeGram(BAND, c, packed, panels, gram);
  formS(t, gram, s);
  const panel = <usize>BAND << 5;
  for (let k = 0; k < BAND; k += 4) {
    const at = factors + <usize>(k >> 1) * panel;
    packColumns(BAND, s + ((<usize>k) << 3), ROW, at);
    packColumns(BAND, t + ((<usize>k) << 3), ROW, at + panel);
  }
  memory.fill(w, 0, <usize>BAND * stride);
  for (let strip = 0; strip < c; strip += STRIP) {
    const end = min(strip + STRIP, c);
    for (let k = 0; k < BAND; k += 4) {
      const left = factors + <usize>(k >> 1) * panel;
      for (let j = strip; j < end; j += 4) {
        const at = (<usize>j) << 3;
        subtractTile(2 * BAND, left, v + at, stride, w + <usize>k * stride + at, stride);
      }
    }
  }
  for (let k = 0; k < BAND; k++) {
    const row = w + <usize>k * stride;
    scaleFlushed(c, 1, row, row, FLOOR);
  }
}
