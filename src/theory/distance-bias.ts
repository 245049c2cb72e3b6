import type { SpectralDistance } from '../metrics/frechet.ts';
import { gaussianBiasConstant } from './gaussian-moments.ts';

/** What part of a plug-in FID is bias, by each side's number of images. */
export interface DistanceBias {
  /** C of C/N, by the generated images. */
  readonly constantGenerated: number;
  /** C of C/M, by the reference images. */
  readonly constantReference: number;
  /** C/N; null where N is not known. */
  readonly generated: number | null;
  /** C/M; null where M is not known. */
  readonly reference: number | null;
}

/**
 * First-order bias of a distance for Gaussian features, from the spectrum that it is made of: it costs
 * nothing more. Heavier tails make it larger, and at N ≤ d it is rough.
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
