// Sums over the pairs of a block of k(c) = c (a_1 + c (a_2 + … + c a_6)), where c is the product of two
// rows times a factor of each. Two rows lie in the two lanes of a vector. Every sum is taken in the
// order of one row after the other, so that its bits are those of a plain loop.

/** Σ c and Σ k² of the block, float64; below what the host lays out. */
export const TOTALS: usize = 0;
/** a_1 … a_6, float64. */
export const COEFFICIENTS: usize = TOTALS + 16;

/**
 * Adds a block's sums to those of its rows and its columns, and sets TOTALS.
 *
 * @param products [rows, columns] in float32
 * @param left, right factors of rows and columns, float64
 * @param isDiagonal whether only columns beyond the row's number count
 * @param isCubic whether a_4 to a_6 are 0
 */
export function addKernelSums(
  products: usize,
  rows: i32,
  columns: i32,
  left: usize,
  right: usize,
  ofRows: usize,
  ofColumns: usize,
  isDiagonal: bool,
  isCubic: bool,
): void {
  store<f64>(TOTALS, 0);
  store<f64>(TOTALS, 0, 8);
  const width = (<usize>columns) << 2;
  for (let row = 0; row < rows; row += 2) {
    const isPair = row + 1 < rows;
    const p = products + <usize>row * width;
    const x = left + ((<usize>row) << 3);
    const sums = ofRows + ((<usize>row) << 3);
    if (isCubic) addRows(p, isPair, row, columns, x, right, sums, ofColumns, isDiagonal, true);
    else addRows(p, isPair, row, columns, x, right, sums, ofColumns, isDiagonal, false);
  }
}

// @ts-ignore: decorator
@inline
function addRows(
  p: usize,
  isPair: bool,
  row: i32,
  columns: i32,
  left: usize,
  right: usize,
  ofRows: usize,
  ofColumns: usize,
  isDiagonal: bool,
  isCubic: bool,
): void {
  const width = (<usize>columns) << 2;
  // The lane of a row that is not there reads the row itself and is dropped.
  const below = isPair ? p + width : p;
  const x = isPair ? v128.load(left) : v128.load64_splat(left);
  let sum = f64x2.splat(0);
  let square = f64x2.splat(0);
  let linear = f64x2.splat(0);
  let first = 0;
  if (isDiagonal) {
    first = row + 2;
    // Of the two rows' next column only the upper row's pair counts.
    if (row + 1 < columns) {
      const skip: usize = (<usize>(row + 1)) << 2;
      const c = f64x2.mul(
        f64x2.mul(f64x2.splat(<f64>load<f32>(p + skip)), x),
        v128.load64_splat(right + 2 * skip),
      );
      const value = f64x2.replace_lane(kernel(c, isCubic), 1, 0);
      sum = f64x2.add(sum, value);
      square = f64x2.add(square, f64x2.mul(value, value));
      linear = f64x2.add(linear, f64x2.replace_lane(c, 1, 0));
      const at = ofColumns + 2 * skip;
      store<f64>(at, load<f64>(at) + f64x2.extract_lane(value, 0));
    }
  }
  let skip: usize = (<usize>first) << 2;
  while (skip < width) {
    const products = f64x2.promote_low_f32x4(
      v128.load32_lane(below + skip, v128.load32_zero(p + skip), 1),
    );
    const c = f64x2.mul(f64x2.mul(products, x), v128.load64_splat(right + 2 * skip));
    const value = kernel(c, isCubic);
    sum = f64x2.add(sum, value);
    square = f64x2.add(square, f64x2.mul(value, value));
    linear = f64x2.add(linear, c);
    const at = ofColumns + 2 * skip;
    let own = load<f64>(at) + f64x2.extract_lane(value, 0);
    if (isPair) own += f64x2.extract_lane(value, 1);
    store<f64>(at, own);
    skip += 4;
  }
  addTotals(ofRows, f64x2.extract_lane(sum, 0), f64x2.extract_lane(linear, 0), f64x2.extract_lane(square, 0));
  if (!isPair) return;
  addTotals(ofRows + 8, f64x2.extract_lane(sum, 1), f64x2.extract_lane(linear, 1), f64x2.extract_lane(square, 1));
}

function addTotals(ofRow: usize, sum: f64, linear: f64, square: f64): void {
  store<f64>(ofRow, load<f64>(ofRow) + sum);
  store<f64>(TOTALS, load<f64>(TOTALS) + linear);
  store<f64>(TOTALS, load<f64>(TOTALS, 8) + square, 8);
}

// @ts-ignore: decorator
@inline
function kernel(c: v128, isCubic: bool): v128 {
  let sum = v128.load64_splat(COEFFICIENTS, 16);
  if (!isCubic) {
    sum = f64x2.mul(c, v128.load64_splat(COEFFICIENTS, 40));
    sum = f64x2.mul(c, f64x2.add(v128.load64_splat(COEFFICIENTS, 32), sum));
    sum = f64x2.mul(c, f64x2.add(v128.load64_splat(COEFFICIENTS, 24), sum));
    sum = f64x2.add(v128.load64_splat(COEFFICIENTS, 16), sum);
  }
  sum = f64x2.add(v128.load64_splat(COEFFICIENTS, 8), f64x2.mul(c, sum));
  sum = f64x2.add(v128.load64_splat(COEFFICIENTS), f64x2.mul(c, sum));
  return f64x2.mul(c, sum);
}
