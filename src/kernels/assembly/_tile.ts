// The 4 × 4 register tile that the matrix products here are made of.
//
// A panel holds 4 rows interleaved (element (k, r) lies at 4k + r), so that the loop below reads
// both operands as one forward stream. 8 accumulators of 2 lanes, 2 vectors of Q, a broadcast of P
// and a product are all that V8 keeps in 15 registers: unrolled by hand it hoists the loads and
// spills, at a loss of 40 %.

/**
 * C (4 × 4, rows `stride` bytes apart) −= P Qᵀ for a panel P of `depth` columns and a Q whose columns
 * are `step` bytes apart: 32 for a panel, a row's length for 4 neighbouring columns of a matrix.
 */
export function subtractTile(
  depth: i32,
  p: usize,
  q: usize,
  step: usize,
  c: usize,
  stride: usize,
): void {
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  const end = p + ((<usize>depth) << 5);
  while (p < end) {
    const q0 = v128.load(q);
    const q1 = v128.load(q, 16);
    let x = v128.load64_splat(p);
    c00 = f64x2.add(c00, f64x2.mul(x, q0));
    c01 = f64x2.add(c01, f64x2.mul(x, q1));
    x = v128.load64_splat(p, 8);
    c10 = f64x2.add(c10, f64x2.mul(x, q0));
    c11 = f64x2.add(c11, f64x2.mul(x, q1));
    x = v128.load64_splat(p, 16);
    c20 = f64x2.add(c20, f64x2.mul(x, q0));
    c21 = f64x2.add(c21, f64x2.mul(x, q1));
    x = v128.load64_splat(p, 24);
    c30 = f64x2.add(c30, f64x2.mul(x, q0));
    c31 = f64x2.add(c31, f64x2.mul(x, q1));
    p += 32;
    q += step;
  }
  v128.store(c, f64x2.sub(v128.load(c), c00));
  v128.store(c, f64x2.sub(v128.load(c, 16), c01), 16);
  c += stride;
  v128.store(c, f64x2.sub(v128.load(c), c10));
  v128.store(c, f64x2.sub(v128.load(c, 16), c11), 16);
  c += stride;
  v128.store(c, f64x2.sub(v128.load(c), c20));
  v128.store(c, f64x2.sub(v128.load(c, 16), c21), 16);
  c += stride;
  v128.store(c, f64x2.sub(v128.load(c), c30));
  v128.store(c, f64x2.sub(v128.load(c, 16), c31), 16);
}
