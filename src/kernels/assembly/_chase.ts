import { BAND } from './_band';
import { beta, reflect, tau } from './_reflector';
import { dot, FLOOR, scaleFlushed, subtractScaled, subtractTwo } from './_vector';

/**
 * Doubles from one row of the band to the next but one: element (i, j) lies at i · STEP + j, so that
 * a row keeps the 2 · BAND entries left of its diagonal (band and bulge) and BAND to the right,
 * clear of its neighbours, and blocks look like those of an ordinary matrix.
 */
const STEP: i32 = 3 * BAND;
const STRIDE: usize = (<usize>STEP) << 3;
const ROW: usize = (<usize>BAND) << 3;

/**
 * Reduction of the band matrix that `reduceToBand` leaves in a to tridiagonal form (second half of
 * Bischof, Lang & Sun 2000; Schwarz 1968): each row, from the last, is reflected to its
 * off-diagonal, and the bulge that this makes is chased upwards, BAND rows at a time. All of it
 * happens in a copy of the band that fits the second-level cache.
 *
 * d, e: n doubles; e[i] couples i and i + 1. work: (n + 2 · BAND) · (STEP + 1) doubles + 3 BAND.
 */
export function chaseBulges(
  n: i32,
  a: usize,
  stride: usize,
  d: usize,
  e: usize,
  work: usize,
): void {
  const v = work;
  const g = v + ROW;
  const w = g + ROW;
  // Zero rows before the first let the chase run over the end in whole blocks.
  const band = w + ROW;
  const size = n + 2 * BAND;
  memory.fill(band, 0, (<usize>size * <usize>(STEP + 1)) << 3);
  copyBand(n, a, stride, band);
  const first = 2 * BAND;
  for (let row = size - 1; row > first; row--) {
    const at = (<usize>(row - first)) << 3;
    const x = band + <usize>row * STRIDE + ((<usize>(row - BAND)) << 3);
    store<f64>(d + at, load<f64>(x + ROW));
    memory.copy(v, x, ROW);
    reflect(BAND, v, v);
    store<f64>(e + at - 8, beta);
    let scale = tau;
    // Block [q − BAND, q) is reflected by v, then the bulge that this makes left of it.
    for (let q = row; ; q -= BAND) {
      const p = q - BAND;
      const diagonal = band + <usize>p * STRIDE + ((<usize>p) << 3);
      reflectDiagonal(diagonal, v, scale, w);
      if (p <= first) break;
      scale = reflectLeft(diagonal - ROW, v, scale, g, w);
      mirrorColumn(diagonal - 8, diagonal - STRIDE);
      memory.copy(v, g, ROW);
    }
  }
  store<f64>(d, load<f64>(band + <usize>first * STRIDE + ((<usize>first) << 3)));
  store<f64>(e + ((<usize>(n - 1)) << 3), 0);
}

/** Lower triangle to both sides of the band's diagonal. */
function copyBand(n: i32, a: usize, stride: usize, band: usize): void {
  const first = 2 * BAND;
  for (let i = 0; i < n; i++) {
    for (let j = max(0, i - BAND); j <= i; j++) {
      const value = load<f64>(a + <usize>i * stride + ((<usize>j) << 3));
      store<f64>(band + <usize>(i + first) * STRIDE + ((<usize>(j + first)) << 3), value);
      store<f64>(band + <usize>(j + first) * STRIDE + ((<usize>(i + first)) << 3), value);
    }
  }
}

/**
 * Copies a block's last column to the row above the diagonal block beside it, where the next chase,
 * one row further up, reads it as part of its diagonal block.
 */
function mirrorColumn(column: usize, row: usize): void {
  for (let i = 0; i < BAND; i++) {
    store<f64>(row, load<f64>(column));
    column += STRIDE;
    row += 8;
  }
}

/** w ← Mᵀ v for a block M, 16 columns at a time in 8 registers. */
function multiplyTransposed(block: usize, v: usize, w: usize): void {
  for (let column: usize = 0; column < ROW; column += 128) {
    let w0 = f64x2.splat(0);
    let w1 = w0;
    let w2 = w0;
    let w3 = w0;
    let w4 = w0;
    let w5 = w0;
    let w6 = w0;
    let w7 = w0;
    let row = block + column;
    for (let x = v; x < v + ROW; x += 8) {
      const a = v128.load64_splat(x);
      w0 = f64x2.add(w0, f64x2.mul(a, v128.load(row)));
      w1 = f64x2.add(w1, f64x2.mul(a, v128.load(row, 16)));
      w2 = f64x2.add(w2, f64x2.mul(a, v128.load(row, 32)));
      w3 = f64x2.add(w3, f64x2.mul(a, v128.load(row, 48)));
      w4 = f64x2.add(w4, f64x2.mul(a, v128.load(row, 64)));
      w5 = f64x2.add(w5, f64x2.mul(a, v128.load(row, 80)));
      w6 = f64x2.add(w6, f64x2.mul(a, v128.load(row, 96)));
      w7 = f64x2.add(w7, f64x2.mul(a, v128.load(row, 112)));
      row += STRIDE;
    }
    const to = w + column;
    v128.store(to, w0);
    v128.store(to, w1, 16);
    v128.store(to, w2, 32);
    v128.store(to, w3, 48);
    v128.store(to, w4, 64);
    v128.store(to, w5, 80);
    v128.store(to, w6, 96);
    v128.store(to, w7, 112);
  }
}

/** D ← H D H on a full diagonal block, H = I − scale v vᵀ. */
function reflectDiagonal(block: usize, v: usize, scale: f64, w: usize): void {
  if (scale == 0) return;
  multiplyTransposed(block, v, w); // the block is symmetric
  subtractScaled(BAND, 0.5 * scale * dot(BAND, w, v), v, w);
  scaleFlushed(BAND, scale, w, w, FLOOR);
  for (let i = 0; i < BAND; i++) {
    const at = (<usize>i) << 3;
    subtractTwo(BAND, load<f64>(v + at), w, load<f64>(w + at), v, block + <usize>i * STRIDE);
  }
}

/**
 * F ← H F G on a block left of the diagonal: H = I − scale v vᵀ comes from the block to its right,
 * G, found here, makes the last row of H F a multiple of its last unit vector. G's vector goes to g,
 * its scale is returned. In two passes: w, then F −= v wᵀ + z gᵀ.
 */
function reflectLeft(block: usize, v: usize, scale: f64, g: usize, w: usize): f64 {
  multiplyTransposed(block, v, w);
  scaleFlushed(BAND, scale, w, w, FLOOR);
  // The last entry of v is 1.
  memory.copy(g, block + <usize>(BAND - 1) * STRIDE, ROW);
  subtractScaled(BAND, 1, w, g);
  reflect(BAND, g, g);
  const other = tau;
  const along = dot(BAND, w, g);
  let row = block;
  for (let x = v; x < v + ROW; x += 8) {
    const vi = load<f64>(x);
    const zi = other * (dot(BAND, row, g) - along * vi);
    subtractTwo(BAND, vi, w, abs(zi) < FLOOR ? 0 : zi, g, row);
    row += STRIDE;
  }
  return other;
}
