import type { Estimate } from '../../estimators/estimate.ts';
import { varianceGivenReference } from '../../estimators/given-reference.ts';
import { Z95 } from '../../theory/normal.ts';
import type { SharedResults } from '../../theory/shared-results.ts';
import { combinationVariance, givenReference, oneDistance } from '../../theory/variance.ts';

/** The plug-in FID that another number of images of the same generator would have. */
export interface Prediction {
  readonly size: number;
  readonly fid: number;
  /** 95 % interval for the FID of that many new images against the same reference. */
  readonly lower: number;
  readonly upper: number;
  /** `all`: the FID at hand; `draw`: of a draw of the images at hand; `law`: by C/N from FID_∞. */
  readonly basis: 'all' | 'draw' | 'law';
}

/**
 * Plug-in FIDs at other sizes, against the same reference. Up to N they are measured: the FID of a
 * draw is that of so many images. Beyond, what FID at N is above FID_∞ falls as 1/N.
 *
 * @param infinity estimate of FID_∞; null leaves out sizes that would need it
 */
export function predictions(
  shared: SharedResults,
  infinity: Estimate | null,
  fromReference: number,
  sizes: readonly number[],
): Prediction[] {
  const { rows, whole, prefixes } = shared;
  const variance = givenReference(shared.variance);
  const atHand = combinationVariance(variance, oneDistance(rows));
  return sizes.flatMap((size): Prediction[] => {
    const fresh = combinationVariance(variance, oneDistance(size));
    const measured = prefixes.get(size);
    if (measured) {
      // The draw itself varies as much as a new one.
      const half = Z95 * Math.sqrt(2 * fresh);
      const basis = size === rows ? 'all' : 'draw';
      return [between(size, measured.terms.distance, half, basis)];
    }
    const ofLimit = infinity && varianceGivenReference(infinity, shared);
    if (!infinity || ofLimit === null) return [];
    // Against the same reference FID_∞ keeps the reference's own bias.
    const limit = infinity.estimate + fromReference;
    const share = rows / size;
    const fid = limit + (whole.terms.distance - limit) * share;
    // Errors of FID_∞ and of FID at N are nearly one and the same: they add up.
    const error = Math.abs(1 - share) * Math.sqrt(ofLimit) + share * Math.sqrt(atHand);
    return [between(size, fid, Z95 * Math.hypot(error, Math.sqrt(fresh)), 'law')];
  });
}

function between(size: number, fid: number, half: number, basis: Prediction['basis']): Prediction {
  return { size, fid, lower: fid - half, upper: fid + half, basis };
}
