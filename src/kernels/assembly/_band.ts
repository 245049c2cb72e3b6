import { formT, negativeGram } from './_compact';
import { packColumns, packRows } from './_panels';
import { beta, reflect, tau } from './_reflector';
import { subtractTile } from './_tile';
import { clear, dot, FLOOR, scaleFlushed, subtractScaled } from './_vector';

// The small parts of a reduction to a band (first half of Bischof, Lang & Sun, ACM TOMS 26, 2000);
// its matrix products are its caller's, see src/linalg/band-reduction.ts.

/** Half-bandwidth of the band, and reflectors a panel; a multiple of 16 (see `chaseBulges`). */
export const BAND: i32 = 16;
const ROW: usize = (<usize>BAND) << 3;
const SQUARE: usize = ROW * <usize>BAND;

/** Columns of W formed at a time, so that the rows they are made of stay in the L1 cache. */
const STRIP: i32 = 64;

/**
 * Reflects BAND rows, the last one first, each onto its last entry within the band: of row k from the
 * bottom, c − k entries. They are `stride` bytes apart, as are those of V, the reflectors; c is a
 * multiple of 4. Entries left of the band are not cleared. tau goes to `taus`.
 */
export function reflectBandRows(c: i32, rows: usize, stride: usize, v: usize, taus: usize): void {
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

/**
 * The reflectors V (BAND rows of c entries, `stride` bytes apart) make Q = I − V T Vᵀ; applied to A
 * from both sides it is A −= V Wᵀ + W Vᵀ with W = A V T − ½ V Tᵀ Vᵀ A V T.
 *
 * v: V, and right behind it X = −(A V)ᵀ, which W (by rows, as V) takes the place of.
 * taus: those of V. work: 3 · BAND rows of `stride` bytes, and 16 KiB.
 */
export function formBandUpdate(c: i32, stride: usize, v: usize, taus: usize, work: usize): void {
  const block = <usize>BAND * stride;
  const x = v + block;
  const w = work;
  const packed = w + block; // V in panels of 4 reflectors
  const panels = packed + block; // X likewise
  const gram = panels + block;
  const t = gram + SQUARE;
  const s = t + SQUARE;
  const factors = s + SQUARE;
  for (let k = 0; k < BAND; k += 4) {
    packRows(c, v + <usize>k * stride, stride, packed + ((<usize>(k * c)) << 3));
  }
  negativeGram(BAND, c, packed, packed, gram);
  formT(BAND, taus, gram, t);
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
  // Wᵀ = −(½ S Vᵀ + Tᵀ X): one product of depth 2 · BAND, for V and X are adjacent.
  memory.fill(w, 0, block);
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
    scaleFlushed(c, 1, w + <usize>k * stride, x + <usize>k * stride, FLOOR);
  }
}
