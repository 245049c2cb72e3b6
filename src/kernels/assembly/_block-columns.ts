// A lower triangle of n rows as block columns: each lies contiguously from its diagonal block down, so
// that onnxruntime updates it in place. See src/linalg/block-columns.ts.

/** Columns of a block; the last may have fewer. */
export const WIDTH: i32 = 128;

/** Numbers from row to row of the block that column j is in. */
@inline
export function widthAt(n: i32, j: i32): i32 {
  return min(WIDTH, n - (j & -WIDTH));
}

/** Where entry (i, j) lies, j ≤ i or in the diagonal block. */
@inline
export function entryAt(n: i32, a: usize, i: i32, j: i32): usize {
  const start = j & -WIDTH;
  // The blocks before have WIDTH columns and n, n − WIDTH, … rows.
  const before = start * n - ((start * (start - WIDTH)) >> 1);
  return a + ((<usize>(before + (i - start) * min(WIDTH, n - start) + j - start)) << 3);
}
