import { formT, negativeGram } from './_compact';
import { packRows } from './_panels';

/** Reflections applied at once. */
const BLOCK: i32 = 128;
const SQUARE: usize = (<usize>(BLOCK * BLOCK)) << 3;

/**
 * V and T of the product I − Vᵀ T V of the reflections of rows `start` to m − 1 that `tridiagonalise` left
 * in a, the last one first. Q of A = Q T Qᵀ is the product of all of them, those of the largest rows
 * outermost; the matrix products are the caller's, see src/linalg/reflections.ts.
 *
 * a, taus: as `tridiagonalise` leaves them; m is a multiple of 4, at most `start` + BLOCK.
 * v: BLOCK rows of m numbers. t: BLOCK rows of BLOCK numbers. work: (m + BLOCK + 1) · BLOCK numbers.
 */
export function formReflections(
  start: i32,
  m: i32,
  a: usize,
  stride: usize,
  taus: usize,
  v: usize,
  t: usize,
  work: usize,
): void {
  const step = (<usize>m) << 3;
  const packed = work; // V in panels of 4 reflectors
  const gram = packed + <usize>BLOCK * step;
  const scales = gram + SQUARE;
  memory.fill(v, 0, <usize>BLOCK * step);
  for (let k = 0; k < BLOCK; k++) {
    const i = m - 1 - k;
    const scale = i >= start && i > 0 ? load<f64>(taus + ((<usize>i) << 3)) : 0;
    store<f64>(scales + ((<usize>k) << 3), scale);
    if (scale == 0) continue;
    memory.copy(v + <usize>k * step, a + <usize>i * stride, (<usize>i) << 3);
  }
  for (let k = 0; k < BLOCK; k += 4) {
    packRows(m, v + <usize>k * step, step, packed + <usize>k * step);
  }
  negativeGram(BLOCK, m, packed, packed, gram);
  formT(BLOCK, scales, gram, t);
}
