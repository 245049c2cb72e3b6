import type { SharedResults } from '../theory/shared-results.ts';
import { referenceVariance } from '../theory/variance.ts';
import type { Estimate } from './estimate.ts';

/**
 * Variance of an estimate of FID_∞ over generated images, with the reference as it is: less the
 * reference's own part, which all sets compared with it share.
 *
 * @returns null where the estimate has no error
 */
export function varianceGivenReference(
  { se, errors }: Pick<Estimate, 'se' | 'errors'>,
  { variance }: Pick<SharedResults, 'variance'>,
): number | null {
  if (se === null || errors === null) return null;
  return Math.max(0, se ** 2 - (errors.reference ** 2 + referenceVariance(variance)));
}
