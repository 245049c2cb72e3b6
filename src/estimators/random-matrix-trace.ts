/** Nodes of the quadrature in each interval: twice as many change the sum by less than 1e-9. */
const NODES = 16;

/**
 * Estimates Σ √t_i, t the eigenvalues of Q^½ P Q^½ with known Q, from the eigenvalues λ of Q^½ S Q^½,
 * where S is the covariance of a sample with n degrees of freedom: consistent as d and n grow
 * together with d/n < 1, where Σ √λ_i falls short by a share of d/n (Tiomoko & Couillet 2019, arXiv
 * 1903.03447, with one of the two covariances known).
 *
 * With η the eigenvalues of diag(λ) − √λ √λᵀ/n, and w(x) = x ∏ (x − λ_i) / ∏ (x − η_i) = −1/m(x), m the
 * Stieltjes transform of n λ's and zeros (Silverstein & Bai 1995), the sum is the contour integral
 * (n/πi) ∮ w^−½ dz, whose cuts are the intervals between η_i and λ_i:
 *
 *   Σ √t_i ≈ (2n/π) Σ_i ∫_{η_i}^{λ_i} |w(x)|^−½ dx.
 *
 * Each integrand is √((x − η_i)/(λ_i − x)) times a smooth function: Gauss–Jacobi quadrature.
 *
 * @param eigenvalues λ > 0, ascending, fewer than n
 * @param degrees n: rows − 1 of a sample whose mean is estimated
 */
export function randomMatrixTraceSqrt(
  eigenvalues: Float64Array,
  degrees: number,
  nodes = NODES,
): number {
  const gaps = interlacingGaps(eigenvalues, degrees);
  const rule = jacobiRule(nodes);
  let total = 0;
  for (const [i, lambda] of eigenvalues.entries()) {
    const gap = gaps[i]!;
    if (gap === 0) continue;
    for (const { node, weight } of rule) {
      // x from its own λ, so that differences to it keep their digits.
      const below = gap * (1 - node);
      let ratio = 1 / (lambda - below);
      for (let j = 0; j < eigenvalues.length; j++) {
        if (j === i) continue;
        const toLambda = eigenvalues[j]! - lambda + below;
        ratio *= (toLambda - gaps[j]!) / toLambda;
      }
      total += gap * weight * Math.sqrt(Math.max(0, ratio));
    }
  }
  return (2 * degrees * total) / Math.PI;
}

/**
 * λ_i − η_i ≥ 0, where η are the eigenvalues of diag(λ) − √λ √λᵀ/n: by bisection of the secular
 * equation Σ_j λ_j / (λ_j − η) = n in the gap itself, which so keeps its digits beside a large λ.
 *
 * @param eigenvalues λ > 0, ascending, fewer than n
 */
export function interlacingGaps(eigenvalues: Float64Array, n: number): Float64Array {
  return eigenvalues.map((lambda, i) => {
    let [low, high] = [0, i === 0 ? lambda : lambda - eigenvalues[i - 1]!];
    for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
      let sum = 0;
      for (let j = 0; j < eigenvalues.length; j++) {
        sum += eigenvalues[j]! / (eigenvalues[j]! - lambda + middle);
      }
      if (sum > n) low = middle;
      else high = middle;
      if (high - low <= 4 * Number.EPSILON * high) break;
    }
    return high;
  });
}

/**
 * Gauss–Jacobi quadrature on [0, 1] for the weight √(t/(1 − t)): nodes and weights in closed form
 * (Abramowitz & Stegun 25.4.43).
 */
function jacobiRule(count: number): { node: number; weight: number }[] {
  return Array.from({ length: count }, (_, k) => {
    const angle = ((2 * k + 1) * Math.PI) / (2 * count + 1) / 2;
    const node = Math.cos(angle) ** 2;
    return { node, weight: (2 * Math.PI * node) / (2 * count + 1) };
  });
}
