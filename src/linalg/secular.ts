const MOST_STEPS = 60;

/**
 * Root j, counted from 0, of the secular equation 1 + Σ wᵢ / (dᵢ − λ) = 0: the eigenvalue between d_j and
 * d_{j+1} of diag(d) + z zᵀ with wᵢ = zᵢ². Poles at both sides are interpolated, each by the sum of its side
 * (Bunch, Nielsen & Sorensen 1978, doi 10.1007/BF01396012), inside a bracket that shrinks.
 *
 * @param d ascending, without equal neighbours
 * @param w positive
 * @param gaps dᵢ − λ on return, each to full relative precision: λ is known by its distance from the nearer
 *   pole
 * @returns λ
 */
export function secularRoot(
  d: Float64Array,
  w: Float64Array,
  j: number,
  gaps: Float64Array,
): number {
  const count = d.length;
  const isLast = j === count - 1;
  // 1. The half in which the root is, and so the pole that distances are measured from.
  let width = 0;
  if (isLast) {
    for (let i = 0; i < count; i++) width += w[i]!;
    // The root may be that far away: the bracket reaches beyond it.
    width *= 1.125;
  } else width = d[j + 1]! - d[j]!;
  const isRight = !isLast && valueAt(d, w, d[j]!, width / 2) < 0;
  const origin = isRight ? d[j + 1]! : d[j]!;
  let [low, high] = isRight ? [-width / 2, 0] : [0, isLast ? width : width / 2];
  const [left, right] = isRight ? [-width, 0] : [0, width];
  // 2. Steps.
  let x = (low + high) / 2;
  for (let step = 0; step < MOST_STEPS; step++) {
    let below = 0;
    let above = 0;
    let slopeBelow = 0;
    let slopeAbove = 0;
    for (let i = 0; i <= j; i++) {
      const inverse = 1 / (d[i]! - origin - x);
      const term = w[i]! * inverse;
      below += term;
      slopeBelow += term * inverse;
    }
    for (let i = j + 1; i < count; i++) {
      const inverse = 1 / (d[i]! - origin - x);
      const term = w[i]! * inverse;
      above += term;
      slopeAbove += term * inverse;
    }
    const value = 1 + below + above;
    if (value <= 0) low = x;
    else high = x;
    // What rounding leaves of it: no step finds more.
    if (Math.abs(value) <= 8 * Number.EPSILON * (1 + above - below)) break;
    const a = left - x;
    const b = right - x;
    let next: number;
    if (isLast) {
      const constant = value - slopeBelow * a;
      next = x + a + (slopeBelow * a * a) / constant;
    } else {
      const constant = value - slopeBelow * a - slopeAbove * b;
      const linear = (a + b) * value - a * b * (slopeBelow + slopeAbove);
      const last = a * b * value;
      const root = Math.sqrt(Math.max(0, linear * linear - 4 * constant * last));
      next = x + (linear <= 0 ? (linear - root) / (2 * constant) : (2 * last) / (linear + root));
    }
    if (!(next > low && next < high)) next = (low + high) / 2;
    const isDone = Math.abs(next - x) <= Number.EPSILON * Math.abs(x);
    x = next;
    if (isDone) break;
  }
  for (let i = 0; i < count; i++) gaps[i] = d[i]! - origin - x;
  return origin + x;
}

function valueAt(d: Float64Array, w: Float64Array, origin: number, x: number): number {
  let value = 1;
  for (let i = 0; i < d.length; i++) value += w[i]! / (d[i]! - origin - x);
  return value;
}
