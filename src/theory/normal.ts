import { exp } from '../kernels/elementary.ts';
/** Normal quantile of 95 % two-sided intervals. */
export const Z95 = 1.959963984540054;

/**
 * P(Z > z) of a standard normal: the complementary error function by its continued fraction far out
 * (Lentz), by its Taylor series near 0; to 1e-13 relative.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    // Φ(z) − ½ = φ(z) (z + z³/3 + z⁵/(3·5) + …)
    let [term, sum] = [z, z];
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // φ(z) / (z + 1/(z + 2/(z + 3/(z + …)))), from the inside out
  let fraction = z;
  for (let k = 120; k > 0; k--) fraction = z + k / fraction;
  return density / fraction;
}
