// What lies between the matrix products of a running covariance: rows into a chunk of columns, and
// products into the sums.

/** Rows taken before the next pair of columns: whole cache lines are written, few pages visited. */
const LINES: i32 = 16;

/**
 * Transposes rows less a row: column j of the rows, `step` bytes apart, becomes row j of `to`, `stride`
 * bytes apart. Adds each column to its sum, row by row.
 *
 * @param shift to subtract [columns]
 * @param sums [columns]
 */
export function takeDouble(
  rows: i32,
  columns: i32,
  from: usize,
  step: usize,
  to: usize,
  stride: usize,
  shift: usize,
  sums: usize,
): void {
  take<f64>(rows, columns, from, step, to, stride, shift, sums);
}

/** The same into float32; the sums are those of the numbers before they are rounded. */
export function takeSingle(
  rows: i32,
  columns: i32,
  from: usize,
  step: usize,
  to: usize,
  stride: usize,
  shift: usize,
  sums: usize,
): void {
  take<f32>(rows, columns, from, step, to, stride, shift, sums);
}

/** sums += terms, for `count` numbers. */
export function addDouble(sums: usize, terms: usize, count: i32): void {
  const end = sums + ((<usize>(count & ~3)) << 3);
  for (; sums < end; sums += 32, terms += 32) {
    v128.store(sums, f64x2.add(v128.load(sums), v128.load(terms)));
    v128.store(sums, f64x2.add(v128.load(sums, 16), v128.load(terms, 16)), 16);
  }
  for (let k = 0; k < (count & 3); k++, sums += 8, terms += 8) {
    store<f64>(sums, load<f64>(sums) + load<f64>(terms));
  }
}

/** The same for terms in float32. */
export function addSingle(sums: usize, terms: usize, count: i32): void {
  const end = sums + ((<usize>(count & ~3)) << 3);
  for (; sums < end; sums += 32, terms += 16) {
    const low = f64x2.promote_low_f32x4(v128.load64_zero(terms));
    const high = f64x2.promote_low_f32x4(v128.load64_zero(terms, 8));
    v128.store(sums, f64x2.add(v128.load(sums), low));
    v128.store(sums, f64x2.add(v128.load(sums, 16), high), 16);
  }
  for (let k = 0; k < (count & 3); k++, sums += 8, terms += 4) {
    store<f64>(sums, load<f64>(sums) + <f64>load<f32>(terms));
  }
}

@inline
function take<T>(
  rows: i32,
  columns: i32,
  from: usize,
  step: usize,
  to: usize,
  stride: usize,
  shift: usize,
  sums: usize,
): void {
  const size: usize = sizeof<T>();
  const whole = rows & ~7;
  for (let top = 0; top < whole; top += LINES) {
    const bottom = min(top + LINES, whole);
    for (let j = 0; j < (columns & ~1); j += 2) {
      const at: usize = (<usize>j) << 3;
      const less = v128.load(shift + at);
      let total = v128.load(sums + at);
      let x = from + <usize>top * step + at;
      let y = to + <usize>j * stride + <usize>top * size;
      for (let i = top; i < bottom; i += 8) {
        const a = f64x2.sub(v128.load(x), less);
        const b = f64x2.sub(v128.load(x + step), less);
        const c = f64x2.sub(v128.load(x + 2 * step), less);
        const d = f64x2.sub(v128.load(x + 3 * step), less);
        const e = f64x2.sub(v128.load(x + 4 * step), less);
        const f = f64x2.sub(v128.load(x + 5 * step), less);
        const g = f64x2.sub(v128.load(x + 6 * step), less);
        const h = f64x2.sub(v128.load(x + 7 * step), less);
        total = f64x2.add(f64x2.add(f64x2.add(f64x2.add(total, a), b), c), d);
        total = f64x2.add(f64x2.add(f64x2.add(f64x2.add(total, e), f), g), h);
        storeFour<T>(y, i64x2.shuffle(a, b, 0, 2), i64x2.shuffle(c, d, 0, 2));
        storeFour<T>(y + 4 * size, i64x2.shuffle(e, f, 0, 2), i64x2.shuffle(g, h, 0, 2));
        storeFour<T>(y + stride, i64x2.shuffle(a, b, 1, 3), i64x2.shuffle(c, d, 1, 3));
        storeFour<T>(y + stride + 4 * size, i64x2.shuffle(e, f, 1, 3), i64x2.shuffle(g, h, 1, 3));
        x += 8 * step;
        y += 8 * size;
      }
      v128.store(sums + at, total);
    }
    if (columns & 1) takeColumn<T>(top, bottom, columns - 1, from, step, to, stride, shift, sums);
  }
  for (let j = 0; j < columns; j++) {
    takeColumn<T>(whole, rows, j, from, step, to, stride, shift, sums);
  }
}

@inline
function storeFour<T>(to: usize, first: v128, second: v128): void {
  if (sizeof<T>() == 8) {
    v128.store(to, first);
    v128.store(to, second, 16);
  } else {
    const low = f32x4.demote_f64x2_zero(first);
    const high = f32x4.demote_f64x2_zero(second);
    v128.store(to, i64x2.shuffle(low, high, 0, 2));
  }
}

function takeColumn<T>(
  start: i32,
  end: i32,
  j: i32,
  from: usize,
  step: usize,
  to: usize,
  stride: usize,
  shift: usize,
  sums: usize,
): void {
  const at: usize = (<usize>j) << 3;
  let total = load<f64>(sums + at);
  for (let i = start; i < end; i++) {
    const value = load<f64>(from + <usize>i * step + at) - load<f64>(shift + at);
    store<T>(to + <usize>j * stride + <usize>i * sizeof<T>(), <T>value);
    total += value;
  }
  store<f64>(sums + at, total);
}
