import type { Estimate } from './estimate.ts';
import type { SharedResults } from './estimator.ts';

/**
 * Variance of an estimate of FID_∞ over generated images, with the reference as it is: less the
 * reference's own part, which all sets held against it share.
 *
 * @returns null where the estimate has no error
 */
export function varianceGivenReference(
  { se, diagnostics }: Estimate,
  { variance: { reference, second, referenceRows } }: Pick<SharedResults, 'variance'>,
): number | null {
  if (se === null) return null;
  const inverse = referenceRows === null ? 0 : 1 / referenceRows;
  const ofBias = Number(diagnostics.reference_error ?? 0);
  const common = ofBias ** 2 + reference * inverse + 2 * second * inverse ** 2;
  return Math.max(0, se ** 2 - common);
}
