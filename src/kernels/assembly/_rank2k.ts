import { packColumns } from './_panels';
import { subtractTile } from './_tile';

/** The columns a strip of panels may have so that it stays in the first-level cache. */
const STRIP: i32 = 64;

/**
 * A −= P Qᵀ on the lower triangle (diagonal tiles in full) of the first `columns` columns of the leading
 * m × m part of A, for P and Q packed in panels, m and `columns` multiples of 4.
 */
export function subtractLower(
  m: i32,
  columns: i32,
  depth: i32,
  p: usize,
  q: usize,
  a: usize,
  stride: usize,
): void {
  const panel = (<usize>depth) << 5;
  for (let strip = 0; strip < columns; strip += STRIP) {
    const last = min(strip + STRIP, columns);
    for (let i = strip; i < m; i += 4) {
      const row = a + <usize>i * stride;
      const left = p + <usize>(i >> 2) * panel;
      const end = min(i + 4, last);
      for (let j = strip; j < end; j += 4) {
        const right = q + <usize>(j >> 2) * panel;
        subtractTile(depth, left, right, 32, row + ((<usize>j) << 3), stride);
      }
    }
  }
}

/**
 * A −= V Wᵀ + W Vᵀ on the lower triangle of the leading m × m part of A, m a multiple of 4. V and W
 * come as `depth` rows each. work: 4 · depth · m doubles, for both as panels.
 */
export function subtractRank2k(
  m: i32,
  depth: i32,
  v: usize,
  w: usize,
  a: usize,
  stride: usize,
  work: usize,
): void {
  // Side by side they make one product of twice the depth: A −= [V W] [W V]ᵀ.
  const half = (<usize>depth) << 5;
  const other = work + 2 * half * <usize>(m >> 2);
  for (let i = 0; i < m; i += 4) {
    const at = (<usize>i) << 3;
    const p = work + 2 * half * <usize>(i >> 2);
    const q = other + 2 * half * <usize>(i >> 2);
    packColumns(depth, v + at, stride, p);
    packColumns(depth, w + at, stride, p + half);
    packColumns(depth, w + at, stride, q);
    packColumns(depth, v + at, stride, q + half);
  }
  subtractLower(m, m, 2 * depth, work, other, a, stride);
}
