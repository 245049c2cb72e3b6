// Which pairs of a block lie close. Few do, so this loop, which sees every pair, is what takes time:
// four lanes of float32 against thresholds that have been lowered by more than their rounding.

/**
 * Writes the columns from `first` on whose product is not below min(row + ofRow, column + ofColumn) to
 * `hits` (i32), ascending. NaN counts as a hit.
 *
 * @param products of one row, float32; up to 15 values after the last are read
 * @param ofRows, ofColumns float32 [columns], with 15 values more that are infinite
 * @returns how many there are
 */
export function closeColumns(
  products: usize,
  first: i32,
  columns: i32,
  row: f32,
  ofRows: usize,
  column: f32,
  ofColumns: usize,
  hits: usize,
): i32 {
  const rows4 = f32x4.splat(row);
  const columns4 = f32x4.splat(column);
  const start = hits;
  for (let at = first & ~15; at < columns; at += 16) {
    const skip: usize = (<usize>at) << 2;
    const p = products + skip;
    const r = ofRows + skip;
    const c = ofColumns + skip;
    const far0 = isFar(v128.load(p), v128.load(r), v128.load(c), rows4, columns4);
    const far1 = isFar(v128.load(p, 16), v128.load(r, 16), v128.load(c, 16), rows4, columns4);
    const far2 = isFar(v128.load(p, 32), v128.load(r, 32), v128.load(c, 32), rows4, columns4);
    const far3 = isFar(v128.load(p, 48), v128.load(r, 48), v128.load(c, 48), rows4, columns4);
    if (i32x4.all_true(v128.and(v128.and(far0, far1), v128.and(far2, far3)))) continue;
    let close: i32 =
      (i32x4.bitmask(far0) |
        (i32x4.bitmask(far1) << 4) |
        (i32x4.bitmask(far2) << 8) |
        (i32x4.bitmask(far3) << 12)) ^
      0xffff;
    while (close) {
      const hit = at + ctz(close);
      close &= close - 1;
      if (hit < first || hit >= columns) continue;
      store<i32>(hits, hit);
      hits += 4;
    }
  }
  return <i32>((hits - start) >> 2);
}

// @ts-ignore: decorator
@inline
function isFar(products: v128, ofRows: v128, ofColumns: v128, row: v128, column: v128): v128 {
  const threshold = f32x4.pmin(f32x4.add(row, ofRows), f32x4.add(column, ofColumns));
  return f32x4.lt(products, threshold);
}
