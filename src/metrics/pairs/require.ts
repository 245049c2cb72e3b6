import { StudyError } from '../../errors.ts';
import type { Rows } from '../sample.ts';
import { squares } from './scales.ts';

/** @throws StudyError for samples of different dimensions, or of too few rows */
export function requireSamples(draw: Rows, reference: Rows, least: number, what: string): void {
  if (draw.dimension !== reference.dimension) {
    throw new StudyError(
      `features of ${reference.dimension} and of ${draw.dimension} dimensions`,
      'compare features of one extractor',
    );
  }
  for (const [side, { rows }] of [
    ['reference', reference],
    ['generated', draw],
  ] as const) {
    if (rows >= least) continue;
    throw new StudyError(
      `${rows} ${side} image${rows === 1 ? '' : 's'}: ${what} needs at least ${least}`,
      'give more images, or leave out the metric',
    );
  }
}

/** @throws StudyError for a row of zeros, which has no direction */
export function requireDirections(sample: Rows, side: string): void {
  const row = squares(sample).indexOf(0);
  if (row < 0) return;
  throw new StudyError(
    `row ${row} of the ${side} features is zero; it cannot be divided by its length`,
    'leave out the metric, or the image',
  );
}
