/**
 * First-order bias constant of the plug-in FID for Gaussian features: E FID_N ≈ FID_∞ + C/N with
 *
 *   C = tr P + ½ Σ_ij s_i s_j / (s_i + s_j) + ¼ Σ_i s_i,   s_i² = eig(Q^½ P Q^½).
 *
 * The reference is known (for a finite one add the same with tr Q, over M). By the second-order
 * delta method; isotropic Q = P = I gives d²/4 + 5d/4.
 *
 * @param traceGenerated tr P
 * @param roots s_i ≥ 0, in any order
 */
export function gaussianBiasConstant(traceGenerated: number, roots: Float64Array): number {
  const s = roots.filter((root) => root > 0);
  let pairs = 0;
  let diagonal = 0;
  for (let i = 0; i < s.length; i++) {
    const a = s[i]!;
    for (let j = 0; j < i; j++) pairs += (a * s[j]!) / (a + s[j]!);
    diagonal += a;
  }
  // The sum over i and j has each pair twice and s_i/2 on its diagonal.
  return traceGenerated + 0.5 * (2 * pairs + diagonal / 2) + 0.25 * diagonal;
}

/**
 * s_i ∂C/∂s_i of the spectral part of `gaussianBiasConstant`, which they sum up to.
 *
 * @param roots s_i > 0
 */
export function gaussianBiasShares(roots: Float64Array): Float64Array {
  return roots.map((s, i) => {
    let sum = 0.5;
    for (const [j, t] of roots.entries()) if (j !== i) sum += (t / (s + t)) ** 2;
    return s * sum;
  });
}

/**
 * First-order variance constant of the plug-in FID for Gaussians that share an eigenbasis:
 * N · Var(FID_N) → 4 δᵀPδ + 2 tr[((I − T)P)²], where T = diag √(q_i/p_i) when Q and P commute.
 *
 * @param reference variances q_i
 * @param generated variances p_i
 * @param offset δ = μ − m
 */
export function commutingVarianceConstant(
  reference: Float64Array,
  generated: Float64Array,
  offset: Float64Array,
): number {
  let total = 0;
  for (const [i, p] of generated.entries()) {
    const excess = p - Math.sqrt(reference[i]! * p);
    total += 4 * offset[i]! ** 2 * p + 2 * excess ** 2;
  }
  return total;
}

/**
 * τ² = E h(x, y)² of the second-order kernel of FID for Gaussian features: where the first-order
 * variance vanishes (P = Q), Var(FID_N) ≈ 2 τ² / N². Isotropic: d²/8 + 9d/8.
 *
 *   τ² = tr P² + ½ Σ_ij (s_i s_j / (s_i + s_j))² + ⅛ Σ s_i²
 *
 * @param squaredNorm tr P²
 * @param roots s_i ≥ 0, in any order
 */
export function gaussianSecondVariance(squaredNorm: number, roots: Float64Array): number {
  const s = roots.filter((root) => root > 0);
  let pairs = 0;
  let diagonal = 0;
  for (let i = 0; i < s.length; i++) {
    const a = s[i]!;
    for (let j = 0; j < i; j++) pairs += ((a * s[j]!) / (a + s[j]!)) ** 2;
    diagonal += a * a;
  }
  return squaredNorm + 0.5 * (2 * pairs + diagonal / 4) + diagonal / 8;
}
