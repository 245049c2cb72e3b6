import type { Metric, MetricContext } from '../../metrics/metric.ts';
import { chosenSample, type Sample } from '../../metrics/sample.ts';
import { stream } from '../../random/stream.ts';
import { drawWithoutReplacement } from '../../random/subsample.ts';
import { variance } from '../../theory/statistics.ts';

/** Disjoint parts of each side. */
export const PARTS = 10;

/**
 * Disjoint random parts of both sides, of a tenth of the rows each; null if a side has fewer rows than
 * parts.
 */
export function partsOf(
  generated: Sample,
  reference: Sample,
  seed: number,
): readonly (readonly [generated: Sample, reference: Sample])[] | null {
  const [mine, theirs] = [split(generated, seed, 'generated'), split(reference, seed, 'reference')];
  return mine && theirs && mine.map((part, i) => [part, theirs[i]!] as const);
}

function split(sample: Sample, seed: number, side: string): Sample[] | null {
  const size = Math.floor(sample.rows / PARTS);
  if (size < 1) return null;
  const order = drawWithoutReplacement(sample.rows, PARTS * size, stream(seed, 'parts', side));
  return Array.from({ length: PARTS }, (_, i) =>
    chosenSample(sample, order.slice(i * size, (i + 1) * size).sort()),
  );
}

/**
 * The standard error of a metric of whole sets, from its SD over parts of them, divided by √10. It
 * holds if the variance falls as 1/N, as it does where the sets differ; for equal sets the variance of
 * FID, CMMD and MIND falls as 1/N², and this error is too large by up to √10. Its own relative error is
 * about a quarter.
 *
 * @returns null if the parts are too small for the metric
 */
export async function subsetError(
  metric: Metric,
  parts: ReturnType<typeof partsOf>,
  context: MetricContext,
): Promise<number | null> {
  if (!parts) return null;
  const values: number[] = [];
  for (const [generated, reference] of parts) {
    const smallest = metric.usesReference
      ? Math.min(generated.rows, reference.rows)
      : generated.rows;
    if (smallest < metric.leastRows) return null;
    const isTooFew = metric.isEqualN && reference.rows < generated.rows;
    if (isTooFew) return null;
    values.push(await metric.value(generated, reference, context));
  }
  return Math.sqrt(variance(values)! / PARTS);
}
