import { overlap, prefix, type Subset, sizeOf } from './subsets.ts';

/**
 * How plug-in FIDs of subsets of one pool vary and covary. To second order FID_A is a V-statistic,
 *
 *   FID_A ≈ FID + mean ψ(x) + mean over pairs h(x, y),   its bias C/|A| the mean of h(x, x)/|A|,
 *
 * so that with ρ = |A ∩ B| / (|A| |B|)
 *
 *   Cov(FID_A, FID_B) ≈ σ² ρ + γ ρ (1/|A| + 1/|B|) + η ρ/(|A| |B|) + σ_ref²/M + 2 (τ ρ + τ_ref/M)².
 *
 * σ² = Var ψ (Gaussian: 4 δᵀPδ + 2 tr[((I − T)P)²], docs/theory.md, section 4) vanishes at P = Q, and
 * what is left is τ² = E h(x, y)². η = Var h(x, x) and γ = Cov(ψ, h(x, x)) matter for heavy tails; an
 * estimator that takes the sample's own mean of h(x, x) away is free of them. Pairs of a generated and
 * a reference row have τ τ_ref. With the reference as it is, what it has by itself is no error: 2 (τ²
 * ρ² + 2 τ τ_ref ρ/M) are left of the last term, and nothing of σ_ref²/M.
 */
export interface VarianceModel {
  /** σ² ≥ 0 */
  readonly first: number;
  /** τ² */
  readonly second: number;
  /** η ≥ 0; 0 where only statistics are known. */
  readonly diagonal: number;
  /** γ */
  readonly covariance: number;
  /** σ_ref² ≥ 0 */
  readonly reference: number;
  /** τ_ref² */
  readonly referenceSecond: number;
  /** M; null where the reference is known exactly. */
  readonly referenceRows: number | null;
  /** Whether errors are those over generated images alone, with the reference as it is. */
  readonly isGiven?: boolean;
}

/** A linear combination of plug-in FIDs. */
export type Combination = readonly { readonly weight: number; readonly subset: Subset }[];

/** The plug-in FID of so many rows, alone. */
export function oneDistance(rows: number): Combination {
  return [{ weight: 1, subset: prefix(rows) }];
}

/** What a reference of M samples has by itself in every Cov(FID_A, FID_B): σ_ref²/M + 2 τ_ref²/M². */
export function referenceVariance(model: VarianceModel): number {
  const inverse = model.referenceRows === null ? 0 : 1 / model.referenceRows;
  return model.reference * inverse + 2 * model.referenceSecond * inverse ** 2;
}

/**
 * The influence of a row seen with the sample's own T is that of the population plus 2 h(x, ·)
 * averaged over the other rows: its variance is too large by 4 τ (τ/N + τ_other/M).
 *
 * @param otherSecond τ² of the other side, of so many rows; null rows where it is known exactly
 */
export function influenceExcess(
  second: number,
  rows: number,
  otherSecond: number,
  otherRows: number | null,
): number {
  const ofOther = otherRows === null ? 0 : Math.sqrt(second * otherSecond) / otherRows;
  return 4 * (second / rows + ofOther);
}

/** Variance of a linear combination of plug-in FIDs of subsets of one pool. */
export function combinationVariance(model: VarianceModel, combination: Combination): number {
  const inverse = model.referenceRows === null ? 0 : 1 / model.referenceRows;
  const ofReference = model.isGiven ? 0 : referenceVariance(model);
  const mixed = Math.sqrt(model.second * model.referenceSecond);
  let total = 0;
  for (const [i, a] of combination.entries()) {
    for (const [j, b] of combination.slice(0, i + 1).entries()) {
      const [m, n] = [sizeOf(a.subset), sizeOf(b.subset)];
      const ratio = overlap(a.subset, b.subset) / (m * n);
      const covariance =
        ratio * (model.first + model.covariance * (1 / m + 1 / n) + model.diagonal / (m * n)) +
        2 * ratio * (model.second * ratio + 2 * mixed * inverse) +
        ofReference;
      total += (i === j ? 1 : 2) * a.weight * b.weight * covariance;
    }
  }
  return total;
}

/** Its root; rounding may leave a variance slightly below 0. */
export function combinationError(model: VarianceModel, combination: Combination): number {
  return Math.sqrt(Math.max(0, combinationVariance(model, combination)));
}

/** The model for FIDs from which the sample's own mean of h(x, x) has been taken away. */
export function withoutDiagonal(model: VarianceModel): VarianceModel {
  return { ...model, diagonal: 0, covariance: 0 };
}

/** The model for FIDs against one and the same reference. */
export function givenReference(model: VarianceModel): VarianceModel {
  return { ...model, isGiven: true };
}
