import { clear, dot, scaleFlushed } from './_vector';

/** Below this an entry of a reflector (whose largest is 1) is noise: 2⁻¹⁰⁰. */
const FLOOR: f64 = 7.888609052210118e-31;
/** A squared norm below which a row (of a matrix scaled to max 1) counts as zero: 2⁻⁴⁰⁰. */
const NOTHING: f64 = 3.872591914849318e-121;

/** What `reflect` found besides v: H x = beta · (last unit vector), H = I − tau v vᵀ. */
export let beta: f64 = 0;
export let tau: f64 = 0;

/**
 * The Householder reflection that maps x (length n ≥ 1) to a multiple of its *last* unit vector:
 * fills v, with v[n − 1] = 1 and zeros up to the next multiple of 4, and sets `beta` and `tau`.
 * (Golub & Van Loan, Matrix Computations, §5.1, mirrored.) x may be v. Both are read and written up
 * to that multiple; x[n − 1 …] is cleared.
 */
export function reflect(n: i32, x: usize, v: usize): void {
  const padded = (n + 3) & ~3;
  const last = (<usize>(n - 1)) << 3;
  const alpha = load<f64>(x + last);
  clear(n - 1, padded, x);
  const square = dot(padded, x, x);
  if (square < NOTHING) {
    beta = alpha;
    tau = 0;
    clear(0, padded, v);
    store<f64>(v + last, 1);
    return;
  }
  const norm = sqrt(alpha * alpha + square);
  beta = alpha > 0 ? -norm : norm;
  tau = (beta - alpha) / beta;
  scaleFlushed(padded, 1 / (alpha - beta), x, v, FLOOR);
  store<f64>(v + last, 1);
}
