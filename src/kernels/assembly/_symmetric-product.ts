import { packRows } from './_panels';
import { TALL, WIDE, subtractBlock } from './_block';

/**
 * X −= (A V)ᵀ for the leading m × m part of a symmetric A (m a multiple of 4, lower triangle read)
 * and V of `count` columns (a multiple of 4), in panels of 4; X has `count` rows, as far apart as
 * A's. Each block of A left of the diagonal is read once and used as itself and transposed.
 * work: 4096 doubles.
 */
export function subtractSymmetricProduct(
  m: i32,
  count: i32,
  a: usize,
  stride: usize,
  v: usize,
  x: usize,
  work: usize,
): void {
  for (let i = 0; i < m; i += TALL) {
    const tall = min(TALL, m - i);
    const rows = a + <usize>i * stride;
    for (let j = 0; j < i; j += WIDE) {
      const wide = min(WIDE, i - j);
      const block = rows + ((<usize>j) << 3);
      for (let r = 0; r < tall; r += 4) {
        packRows(wide, block + <usize>r * stride, stride, work + ((<usize>(r * WIDE)) << 3));
      }
      subtractBlock(m, count, tall, wide, i, j, block, stride, 32, v, x, stride);
      subtractBlock(m, count, wide, tall, j, i, work, 32, (<usize>WIDE) << 5, v, x, stride);
    }
    mirror(tall, rows + ((<usize>i) << 3), stride, work);
    subtractBlock(m, count, tall, tall, i, i, work, (<usize>TALL) << 3, 32, v, x, stride);
  }
}

/** The full block, rows TALL doubles apart, of a diagonal block given by its lower triangle. */
function mirror(size: i32, block: usize, stride: usize, out: usize): void {
  const step = (<usize>TALL) << 3;
  for (let r = 0; r < size; r++) {
    for (let c = 0; c <= r; c++) {
      const value = load<f64>(block + <usize>r * stride + ((<usize>c) << 3));
      store<f64>(out + <usize>r * step + ((<usize>c) << 3), value);
      store<f64>(out + <usize>c * step + ((<usize>r) << 3), value);
    }
  }
}
