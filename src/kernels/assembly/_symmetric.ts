// Products with a symmetric matrix of which only the lower triangle is read.

/** The 4 × 4 block on the diagonal, by scalars: y += D x. */
function diagonalBlock(d: usize, stride: usize, x: usize, y: usize): void {
  for (let i = 0; i < 4; i++) {
    const row = d + <usize>i * stride;
    const xi = load<f64>(x + ((<usize>i) << 3));
    let sum = load<f64>(row + ((<usize>i) << 3)) * xi;
    for (let j = 0; j < i; j++) {
      const at = (<usize>j) << 3;
      const value = load<f64>(row + at);
      sum += value * load<f64>(x + at);
      store<f64>(y + at, load<f64>(y + at) + value * xi);
    }
    const at = y + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) + sum);
  }
}

/**
 * y ← A x for the leading m × m part of A, m a multiple of 4. Each entry of the triangle is read
 * once, 4 rows at a time, and used twice (for its row and for its column): the read is what limits.
 */
export function multiplySymmetric(m: i32, a: usize, stride: usize, x: usize, y: usize): void {
  memory.fill(y, 0, (<usize>m) << 3);
  for (let i = 0; i < m; i += 4) {
    let r0 = a + <usize>i * stride;
    let r1 = r0 + stride;
    let r2 = r1 + stride;
    let r3 = r2 + stride;
    const xi = x + ((<usize>i) << 3);
    const x0 = v128.load64_splat(xi);
    const x1 = v128.load64_splat(xi, 8);
    const x2 = v128.load64_splat(xi, 16);
    const x3 = v128.load64_splat(xi, 24);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    let xj = x;
    let yj = y;
    while (xj < xi) {
      const v = v128.load(xj);
      let w = v128.load(yj);
      let e = v128.load(r0);
      s0 = f64x2.add(s0, f64x2.mul(e, v));
      w = f64x2.add(w, f64x2.mul(e, x0));
      e = v128.load(r1);
      s1 = f64x2.add(s1, f64x2.mul(e, v));
      w = f64x2.add(w, f64x2.mul(e, x1));
      e = v128.load(r2);
      s2 = f64x2.add(s2, f64x2.mul(e, v));
      w = f64x2.add(w, f64x2.mul(e, x2));
      e = v128.load(r3);
      s3 = f64x2.add(s3, f64x2.mul(e, v));
      w = f64x2.add(w, f64x2.mul(e, x3));
      v128.store(yj, w);
      r0 += 16;
      r1 += 16;
      r2 += 16;
      r3 += 16;
      xj += 16;
      yj += 16;
    }
    const low = f64x2.add(i64x2.shuffle(s0, s1, 0, 2), i64x2.shuffle(s0, s1, 1, 3));
    const high = f64x2.add(i64x2.shuffle(s2, s3, 0, 2), i64x2.shuffle(s2, s3, 1, 3));
    v128.store(yj, f64x2.add(v128.load(yj), low));
    v128.store(yj, f64x2.add(v128.load(yj, 16), high), 16);
    diagonalBlock(r0, stride, xi, yj);
  }
}
