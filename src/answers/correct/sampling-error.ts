import { z } from 'zod';
import { type CsvFormat, field, parseCsv } from '../../tables/csv.ts';
import { mean } from '../../theory/statistics.ts';
import { readPackaged } from './pairs.ts';

/** A row of experiments/published-spreads.csv: the spread of one model's FID over evaluations. */
export interface PublishedSpread {
  readonly dataset: string;
  readonly model: string;
  readonly n_gen: number;
  readonly fid: number;
  /** Standard deviation over `runs` evaluations with other images. */
  readonly sd: number;
  readonly runs: number;
  readonly source: string;
}

const format: CsvFormat<PublishedSpread> = {
  columns: ['dataset', 'model', 'n_gen', 'fid', 'sd', 'runs', 'source'],
  schema: z.object({
    dataset: field.text,
    model: field.text,
    n_gen: field.integer,
    fid: field.number,
    sd: field.number,
    runs: field.integer,
    source: field.text,
  }),
};

/**
 * Standard deviation of FID between two trainings of one recipe, as a share of it: SSGAN on CIFAR-10
 * has 17.88 ± 0.64 over its authors' runs, as https://github.com/kwotsin/mimicry quotes.
 */
export const TRAINING_SPREAD = 0.64 / 17.88;

let factor: number | undefined;

/**
 * k in SD ≈ k √(FID / N), by which an FID varies with the sample of generated images. To first order
 * N · Var = 4 δᵀPδ + 2 tr[((I − T)P)²], which grows in proportion to FID; k is the root mean square
 * of published spreads, which it fits to about a third from FID 2.9 to 36.
 */
export function samplingFactor(): number {
  factor ??= Math.sqrt(
    mean(publishedSpreads().map(({ sd, n_gen, fid }) => (sd * sd * n_gen) / fid)),
  );
  return factor;
}

/** Standard deviation of an FID over samples of n images, from published spreads; 0 at infinity. */
export function samplingError(fid: number, n: number): number {
  return samplingFactor() * Math.sqrt(Math.max(fid, 0) / n);
}

/** The spreads that come with the package. */
export function publishedSpreads(): PublishedSpread[] {
  return parseCsv(readPackaged('published-spreads.csv'), format, 'published-spreads.csv');
}
