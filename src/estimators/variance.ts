import { overlap, type Subset, sizeOf } from './subsets.ts';

/**
 * How plug-in FIDs of subsets of one pool vary and covary. With ρ = |A ∩ B| / (|A| |B|),
 *
 *   Cov(FID_A, FID_B) ≈ σ² ρ + σ_ref² / M + 2 τ² (ρ + 1/M)².
 *
 * The first two terms are those of the delete-one influence ψ of a sample, of either side (Gaussian:
 * σ² = 4 δᵀPδ + 2 tr[((I − T)P)²], math.md). At P = Q they vanish, and what is left is the variance
 * of the second-order term, a degenerate V-statistic with kernel h: τ² = E h(x, y)². In it a
 * reference of M samples counts as one more sample of the same kind.
 */
export interface VarianceModel {
  /** σ² ≥ 0 */
  readonly first: number;
  /** τ² */
  readonly second: number;
  /** σ_ref² ≥ 0 */
  readonly reference: number;
  /** M; null where the reference is known exactly. */
  readonly referenceRows: number | null;
}

/** A linear combination of plug-in FIDs. */
export type Combination = readonly { readonly weight: number; readonly subset: Subset }[];

/** Variance of a linear combination of plug-in FIDs of subsets of one pool. */
export function combinationVariance(model: VarianceModel, combination: Combination): number {
  const inverse = model.referenceRows === null ? 0 : 1 / model.referenceRows;
  let total = 0;
  for (const [i, a] of combination.entries()) {
    for (const [j, b] of combination.slice(0, i + 1).entries()) {
      const ratio = overlap(a.subset, b.subset) / (sizeOf(a.subset) * sizeOf(b.subset));
      const covariance =
        model.first * ratio + model.reference * inverse + 2 * model.second * (ratio + inverse) ** 2;
      total += (i === j ? 1 : 2) * a.weight * b.weight * covariance;
    }
  }
  return total;
}

/** Its root; rounding may leave a variance slightly below 0. */
export function combinationError(model: VarianceModel, combination: Combination): number {
  return Math.sqrt(Math.max(0, combinationVariance(model, combination)));
}
