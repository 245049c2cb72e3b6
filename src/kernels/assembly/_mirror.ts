// What lies between the matrix products of a reduction to a band: transposes, and updates of both
// triangles. Counts are even, and rows aligned to pairs.

/** Rows and columns taken together: four cache lines. */
const TILE: i32 = 32;

/** to (columns × rows) ← fromᵀ, for `rows` rows `step` bytes apart and those of `to`, `stride` apart. */
export function transposeRows(
  rows: i32,
  columns: i32,
  from: usize,
  step: usize,
  to: usize,
  stride: usize,
): void {
  for (let j = 0; j < columns; j += 2) {
    let x = from + ((<usize>j) << 3);
    let y = to + <usize>j * stride;
    for (let i = 0; i < rows; i += 2) {
      const a = v128.load(x);
      const b = v128.load(x + step);
      v128.store(y, i64x2.shuffle(a, b, 0, 2));
      v128.store(y + stride, i64x2.shuffle(a, b, 1, 3));
      x += 2 * step;
      y += 16;
    }
  }
}

/** rows (count of them, `stride` bytes apart) −= termsᵀ, of `length` rows of `count` numbers. */
export function subtractTransposed(
  count: i32,
  length: i32,
  terms: usize,
  rows: usize,
  stride: usize,
): void {
  const step = (<usize>count) << 3;
  for (let q = 0; q < count; q += 2) {
    let x = terms + ((<usize>q) << 3);
    let y = rows + <usize>q * stride;
    for (let j = 0; j < length; j += 2) {
      const a = v128.load(x);
      const b = v128.load(x + step);
      v128.store(y, f64x2.sub(v128.load(y), i64x2.shuffle(a, b, 0, 2)));
      const z = y + stride;
      v128.store(z, f64x2.sub(v128.load(z), i64x2.shuffle(a, b, 1, 3)));
      x += 2 * step;
      y += 16;
    }
  }
}

/**
 * A[first … c, first … first + width) −= terms (c − first rows of `width` numbers), below the diagonal
 * and, mirrored, above it.
 */
export function subtractMirrored(
  a: usize,
  stride: usize,
  first: i32,
  c: i32,
  terms: usize,
  width: i32,
): void {
  const step = (<usize>width) << 3;
  for (let top = first; top < c; top += TILE) {
    const bottom = min(top + TILE, c);
    for (let left = first; left < min(first + width, bottom); left += TILE) {
      for (let i = top; i < bottom; i += 2) {
        const end = min(left + TILE, min(first + width, i));
        const row = a + <usize>i * stride;
        const from = terms + <usize>(i - first) * step;
        let j = left;
        for (; j < end; j += 2) {
          const at = row + ((<usize>j) << 3);
          const term = from + ((<usize>(j - first)) << 3);
          const x = f64x2.sub(v128.load(at), v128.load(term));
          const y = f64x2.sub(v128.load(at + stride), v128.load(term + step));
          v128.store(at, x);
          v128.store(at + stride, y);
          const across = a + <usize>j * stride + ((<usize>i) << 3);
          v128.store(across, i64x2.shuffle(x, y, 0, 2));
          v128.store(across + stride, i64x2.shuffle(x, y, 1, 3));
        }
        if (j == i && i < min(left + TILE, first + width)) {
          const at = row + ((<usize>i) << 3);
          const term = from + ((<usize>(i - first)) << 3);
          const x = f64x2.sub(v128.load(at), v128.load(term));
          const y = f64x2.sub(v128.load(at + stride), v128.load(term + step));
          v128.store(at, i64x2.shuffle(x, y, 0, 2));
          v128.store(at + stride, y);
        }
      }
    }
  }
}
