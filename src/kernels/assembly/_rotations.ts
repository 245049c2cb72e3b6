/**
 * Rows of a strip. Eigenvectors are rotated in strips of 16 rows, column after column, so that a
 * strip stays in the second-level cache while many sweeps pass over it, and a column of it (8
 * registers) is carried along from one rotation to the next.
 */
const STRIP: i32 = 16;
const COLUMN: usize = (<usize>STRIP) << 3;

/** Copies n rows, `stride` bytes apart, to strips; rows past the last are whatever was there. */
export function toStrips(n: i32, rows: usize, stride: usize, strips: usize): void {
  for (let first = 0; first < n; first += STRIP) {
    const size = min(STRIP, n - first);
    for (let j = 0; j < n; j++) {
      let from = rows + <usize>first * stride + ((<usize>j) << 3);
      for (let r = 0; r < size; r++) {
        store<f64>(strips + ((<usize>r) << 3), load<f64>(from));
        from += stride;
      }
      for (let r = size; r < STRIP; r++) store<f64>(strips + ((<usize>r) << 3), 0);
      strips += COLUMN;
    }
  }
}

/**
 * Applies one sweep to a strip: for i = end − 1 down to first, the rotation (cosine, sine) mixes
 * columns i and i + 1; the pairs lie one after the other at `rotations`.
 */
export function rotateStrip(first: i32, end: i32, strip: usize, rotations: usize): void {
  let to = strip + <usize>end * COLUMN;
  const last = strip + <usize>first * COLUMN;
  let a0 = v128.load(to);
  let a1 = v128.load(to, 16);
  let a2 = v128.load(to, 32);
  let a3 = v128.load(to, 48);
  let a4 = v128.load(to, 64);
  let a5 = v128.load(to, 80);
  let a6 = v128.load(to, 96);
  let a7 = v128.load(to, 112);
  while (to > last) {
    const c = v128.load64_splat(rotations);
    const s = v128.load64_splat(rotations, 8);
    const from = to - COLUMN;
    let x = v128.load(from);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a0)));
    a0 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a0));
    x = v128.load(from, 16);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a1)), 16);
    a1 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a1));
    x = v128.load(from, 32);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a2)), 32);
    a2 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a2));
    x = v128.load(from, 48);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a3)), 48);
    a3 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a3));
    x = v128.load(from, 64);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a4)), 64);
    a4 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a4));
    x = v128.load(from, 80);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a5)), 80);
    a5 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a5));
    x = v128.load(from, 96);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a6)), 96);
    a6 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a6));
    x = v128.load(from, 112);
    v128.store(to, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, a7)), 112);
    a7 = f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, a7));
    rotations += 16;
    to = from;
  }
  v128.store(to, a0);
  v128.store(to, a1, 16);
  v128.store(to, a2, 32);
  v128.store(to, a3, 48);
  v128.store(to, a4, 64);
  v128.store(to, a5, 80);
  v128.store(to, a6, 96);
  v128.store(to, a7, 112);
}
