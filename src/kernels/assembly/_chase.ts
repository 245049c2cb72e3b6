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
 * d, e: n doubles; e[i] couples i and i + 1. work: (n + 2 · BAND) · (STEP + 1) doubles + 4 BAND.
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
  const z = w + ROW;
  // Zero rows before the first let the chase run over the end in whole blocks.
  const band = z + ROW;
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
    // Block [q − BAND, q) is reflected by v; then what that spilt left of it.
    for (let q = row; ; q -= BAND) {
      const p = q - BAND;
      const diagonal = band + <usize>p * STRIDE + ((<usize>p) << 3);
      reflectDiagonal(diagonal, v, scale, w);
      if (p <= first) break;
      scale = reflectLeft(diagonal - ROW, v, scale, g, w, z);
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

/** D ← H D H on a full diagonal block, H = I − scale v vᵀ. */
function reflectDiagonal(block: usize, v: usize, scale: f64, w: usize): void {
  if (scale == 0) return;
  for (let i = 0; i < BAND; i++) {
    store<f64>(w + ((<usize>i) << 3), dot(BAND, block + <usize>i * STRIDE, v));
  }
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
 * its scale is returned. In two passes: F −= v wᵀ + z gᵀ.
 */
function reflectLeft(block: usize, v: usize, scale: f64, g: usize, w: usize, z: usize): f64 {
  memory.fill(w, 0, ROW);
  for (let i = 0; i < BAND; i++) {
    subtractScaled(BAND, -load<f64>(v + ((<usize>i) << 3)), block + <usize>i * STRIDE, w);
  }
  scaleFlushed(BAND, scale, w, w, FLOOR);
  // The last entry of v is 1.
  memory.copy(g, block + <usize>(BAND - 1) * STRIDE, ROW);
  subtractScaled(BAND, 1, w, g);
  reflect(BAND, g, g);
  const other = tau;
  for (let i = 0; i < BAND; i++) {
    store<f64>(z + ((<usize>i) << 3), dot(BAND, block + <usize>i * STRIDE, g));
  }
  subtractScaled(BAND, dot(BAND, w, g), v, z);
  scaleFlushed(BAND, other, z, z, FLOOR);
  for (let i = 0; i < BAND; i++) {
    const at = (<usize>i) << 3;
    subtractTwo(BAND, load<f64>(v + at), w, load<f64>(z + at), g, block + <usize>i * STRIDE);
  }
  return other;
}
