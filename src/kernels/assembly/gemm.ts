// Product of two packed matrices in float64, for where onnxruntime is not: the page in a browser.

/** Inner indices and rows multiplied together: 256 KiB of a, and 8 KiB of b, stay in the caches. */
const INNER: i32 = 256;
const ROWS: i32 = 128;

/**
 * Adds a · b to c [rows, columns], row-major. a lies in panels of 4 rows and b in panels of 4 columns,
 * inner index by inner index, so that both are read in order. No sum depends on the caller's blocks.
 *
 * @param rows and columns multiples of 4
 */
export function addProduct(
  a: usize,
  b: usize,
  c: usize,
  rows: i32,
  columns: i32,
  inner: i32,
): void {
  const panel: usize = (<usize>inner) << 5;
  for (let start = 0; start < inner; start += INNER) {
    const count = min(INNER, inner - start);
    const skip: usize = (<usize>start) << 5;
    for (let top = 0; top < rows; top += ROWS) {
      const bottom = min(top + ROWS, rows);
      for (let j = 0; j < columns; j += 4) {
        const right = b + <usize>(j >> 2) * panel + skip;
        for (let i = top; i < bottom; i += 4) {
          const left = a + <usize>(i >> 2) * panel + skip;
          addTile(left, right, c + (((<usize>i) * <usize>columns + <usize>j) << 3), columns, count);
        }
      }
    }
  }
}

/** Adds the product of one panel of each to a tile of 4 × 4. */
function addTile(a: usize, b: usize, c: usize, columns: i32, count: i32): void {
  const row: usize = (<usize>columns) << 3;
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(c + row);
  let c11 = v128.load(c + row, 16);
  let c20 = v128.load(c + 2 * row);
  let c21 = v128.load(c + 2 * row, 16);
  let c30 = v128.load(c + 3 * row);
  let c31 = v128.load(c + 3 * row, 16);
  for (let k = 0; k < count; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    a += 32;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + row, c10);
  v128.store(c + row, c11, 16);
  v128.store(c + 2 * row, c20);
  v128.store(c + 2 * row, c21, 16);
  v128.store(c + 3 * row, c30);
  v128.store(c + 3 * row, c31, 16);
}
