import type { SpectralDistance } from '../metrics/frechet.ts';
import { gaussianBiasConstant } from './gaussian-moments.ts';

/** The bias of a plug-in FID, split by side. */
export interface DistanceBias {
  /** C of C/N, the part from the generated images. */
  readonly constantGenerated: number;
  /** C of C/M, the part from the reference images. */
  readonly constantReference: number;
  /** C/N; null if N is unknown. */
  readonly generated: number | null;
  /** C/M; null if M is unknown. */
  readonly reference: number | null;
}

/**
 * First-order bias of a distance for Gaussian features, from the distance's own spectrum, at no extra
 * cost. Heavier tails make it larger, and at N ≤ d it is rough.
 *
 * @param rows N and M; null where a file does not say
 */
export function distanceBias(
  { terms, roots }: SpectralDistance,
  rows: { readonly generated: number | null; readonly reference: number | null },
): DistanceBias {
  const spectral = gaussianBiasConstant(0, roots);
  const constantGenerated = terms.traceGenerated + spectral;
  const constantReference = terms.traceReference + spectral;
  return {
    constantGenerated,
    constantReference,
    generated: rows.generated === null ? null : constantGenerated / rows.generated,
    reference: rows.reference === null ? null : constantReference / rows.reference,
  };
}
