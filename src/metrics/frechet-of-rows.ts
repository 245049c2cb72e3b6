import type { LinearAlgebra } from '../linalg/algebra.ts';
import { distanceOfFeatures, referenceOfFeatures } from './features.ts';
import { asFeatures, once, type Rows } from './sample.ts';

/** Fréchet distance of two sets of rows; the reference is factored once. */
export async function frechetOfRows(
  draw: Rows,
  reference: Rows,
  algebra: LinearAlgebra,
): Promise<number> {
  const ready = once(reference, 'factored', () =>
    referenceOfFeatures(asFeatures(reference), algebra),
  );
  return (await distanceOfFeatures(await ready, asFeatures(draw), algebra)).distance;
}
