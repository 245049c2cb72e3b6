import { subtractTile } from './_tile';

/** Rows and columns of a block: with its transpose and its panels it fills an L1 cache. */
export const TALL: i32 = 32;
export const WIDE: i32 = 64;

/**
 * X[:, j … j + wide) −= Vᵀ[:, i … i + tall) B for a block B of `tall` rows `step` bytes apart, its
 * groups of 4 columns `hop` bytes apart; X has `count` rows, V as many columns (m rows), in panels.
 */
export function subtractBlock(
  m: i32,
  count: i32,
  tall: i32,
  wide: i32,
  i: i32,
  j: i32,
  block: usize,
  step: usize,
  hop: usize,
  v: usize,
  x: usize,
  stride: usize,
): void {
  const panel = (<usize>m) << 5;
  for (let column = j; column < j + wide; column += 4) {
    let left = v + ((<usize>i) << 5);
    let to = x + ((<usize>column) << 3);
    for (let k = 0; k < count; k += 4) {
      subtractTile(tall, left, block, step, to, stride);
      left += panel;
      to += 4 * stride;
    }
    block += hop;
  }
}
