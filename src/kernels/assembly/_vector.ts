// Level-1 loops. Every length is a multiple of 4 (callers pad with zeros): no tails.

/** Below this an entry of a matrix scaled to max 1 is negligible: 2⁻²⁰⁰. */
export const FLOOR: f64 = 6.223015277861142e-61;

/** Σ x_i y_i, in 4 partial sums. */
export function dot(n: i32, x: usize, y: usize): f64 {
  let s = f64x2.splat(0);
  let t = f64x2.splat(0);
  const end = x + ((<usize>n) << 3);
  while (x < end) {
    s = f64x2.add(s, f64x2.mul(v128.load(x), v128.load(y)));
    t = f64x2.add(t, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
    x += 32;
    y += 32;
  }
  s = f64x2.add(s, t);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** y −= α x. */
export function subtractScaled(n: i32, alpha: f64, x: usize, y: usize): void {
  const a = f64x2.splat(alpha);
  const end = y + ((<usize>n) << 3);
  while (y < end) {
    v128.store(y, f64x2.sub(v128.load(y), f64x2.mul(a, v128.load(x))));
    v128.store(y, f64x2.sub(v128.load(y, 16), f64x2.mul(a, v128.load(x, 16))), 16);
    x += 32;
    y += 32;
  }
}

/** y −= α x + β z. */
export function subtractTwo(n: i32, alpha: f64, x: usize, beta: f64, z: usize, y: usize): void {
  const a = f64x2.splat(alpha);
  const b = f64x2.splat(beta);
  const end = y + ((<usize>n) << 3);
  while (y < end) {
    const s = f64x2.add(f64x2.mul(a, v128.load(x)), f64x2.mul(b, v128.load(z)));
    const t = f64x2.add(f64x2.mul(a, v128.load(x, 16)), f64x2.mul(b, v128.load(z, 16)));
    v128.store(y, f64x2.sub(v128.load(y), s));
    v128.store(y, f64x2.sub(v128.load(y, 16), t), 16);
    x += 32;
    z += 32;
    y += 32;
  }
}

/**
 * y ← α x, entries below `floor` in magnitude flushed to zero: what is left cannot breed denormal
 * products, each of which costs a hundred ordinary ones. x may be y.
 */
export function scaleFlushed(n: i32, alpha: f64, x: usize, y: usize, floor: f64): void {
  const a = f64x2.splat(alpha);
  const f = f64x2.splat(floor);
  const end = y + ((<usize>n) << 3);
  while (y < end) {
    const s = f64x2.mul(a, v128.load(x));
    v128.store(y, v128.and(s, f64x2.ge(f64x2.abs(s), f)));
    x += 16;
    y += 16;
  }
}

/** Sets y_i = 0 for from ≤ i < to. */
export function clear(from: i32, to: i32, y: usize): void {
  for (let i = from; i < to; i++) store<f64>(y + ((<usize>i) << 3), 0);
}
