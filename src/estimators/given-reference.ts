import type { SharedResults } from '../theory/shared-results.ts';
import { referenceVariance } from '../theory/variance.ts';
import type { Estimate } from './estimate.ts';

/**
 * Variance of an estimate of FID_∞ over generated images, with the reference as it is: less the
 * reference's own part, which all sets held against it share.
 *
 * @returns null where the estimate has no error
 */
export function varianceGivenReference(
  { se, diagnostics }: Estimate,
  { variance }: Pick<SharedResults, 'variance'>,
): number | null {
  if (se === null) return null;
  const ofBias = Number(diagnostics.reference_error ?? 0);
  return Math.max(0, se ** 2 - (ofBias ** 2 + referenceVariance(variance)));
}
