import { subtractRank2k } from './_rank2k';
import { beta, reflect, tau } from './_reflector';
import { multiplySymmetric } from './_symmetric';
import { clear, dot, FLOOR, scaleFlushed, subtractScaled, subtractTwo } from './_vector';

/** Rows reduced before the rest of the matrix is updated. */
export const PANEL: i32 = 32;
/**
 * Householder reduction of a symmetric matrix to tridiagonal form, from the last row upwards, in
 * panels: within a panel a row is brought up to date and reflected, A v is formed with the old A and
 * corrected; after it A −= V Wᵀ + W Vᵀ as one matrix product (Dongarra, Hammarling & Sorensen 1989).
 *
 * a: n rows, n a multiple of 4, lower triangle, `stride` bytes apart, entries of at most 1. Row i is left holding the reflector of step i (i entries, the last 1).
 * d, e, taus: n doubles each (e[i] couples i and i + 1; e[n − 1] = 0; taus[i] of row i).
 * work: 6 · PANEL rows of `stride` bytes.
 */
export function tridiagonalise(
  n: i32,
  a: usize,
  stride: usize,
  d: usize,
  e: usize,
  taus: usize,
  work: usize,
): void {
  const block = <usize>PANEL * stride;
  const v = work;
  const w = v + block;
  const panels = w + block;
  let rest = n;
  store<f64>(e + ((<usize>(n - 1)) << 3), 0);
  while (rest > 0) {
    const rows = min(rest, PANEL);
    for (let k = 0; k < rows; k++) {
      const i = rest - 1 - k;
      const at = (<usize>i) << 3;
      const row = a + <usize>i * stride;
      const length = (i + 4) & ~3;
      for (let j = 0; j < k; j++) {
        const vj = v + <usize>j * stride;
        const wj = w + <usize>j * stride;
        subtractTwo(length, load<f64>(vj + at), wj, load<f64>(wj + at), vj, row);
      }
      store<f64>(d + at, load<f64>(row + at));
      if (i == 0) return;
      const vk = v + <usize>k * stride;
      const wk = w + <usize>k * stride;
      const m = (i + 3) & ~3;
      clear(i, rest, vk);
      reflect(i, row, vk);
      store<f64>(e + at - 8, beta);
      store<f64>(taus + at, tau);
      memory.copy(row, vk, at);
      if (tau == 0) {
        clear(0, rest, wk);
        clear(0, rest, vk);
        continue;
      }
      multiplySymmetric(m, a, stride, vk, wk);
      for (let j = 0; j < k; j++) {
        const vj = v + <usize>j * stride;
        const wj = w + <usize>j * stride;
        subtractTwo(m, dot(m, wj, vk), vj, dot(m, vj, vk), wj, wk);
      }
      clear(i, rest, wk);
      const shift = 0.5 * tau * dot(m, wk, vk);
      subtractScaled(m, shift, vk, wk);
      scaleFlushed(m, tau, wk, wk, FLOOR);
    }
    rest -= rows;
    subtractRank2k(rest, rows, v, w, a, stride, panels);
  }
}
