import { openSample } from '../../draws/file-rows.ts';
import { StudyError } from '../../errors.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { fid } from '../../metrics/kinds/fid.ts';
import { sfid } from '../../metrics/kinds/sfid.ts';
import type { InN, Metric, MetricContext } from '../../metrics/metric.ts';
import { pairWorkOf } from '../../metrics/pairs/pairs.ts';
import { metrics as known } from '../../metrics/registry.ts';
import { lacksArray } from '../../metrics/required.ts';
import type { Sample } from '../../metrics/sample.ts';
import { cachedReference } from '../../sides/reference-cache.ts';
import { type FeaturesSide, type Side, spectralDistanceOfSide } from '../../sides/side.ts';
import { refuseSpatial, sfidOfSides } from './sfid-of-sides.ts';
import { partsOf, subsetError } from './subset-error.ts';

/** A metric of two sets. */
export interface MetricOfSets {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  /** Standard error; null if it is not known. */
  readonly se: number | null;
  /** By a formula, or from the spread over ten parts of both sets. */
  readonly seFrom: 'formula' | 'parts' | null;
  readonly better: Metric['better'];
  readonly inN: InN;
  /** What is known of its bias in N. */
  readonly bias: string;
}

export interface MetricsOfSets {
  readonly metrics: readonly MetricOfSets[];
  /** What was left out of all metrics, and why. */
  readonly leftOut: readonly string[];
}

export interface MetricsOptions {
  /** Default: all that the sets allow. A metric that is named must be possible. */
  readonly metrics?: readonly Metric[] | undefined;
  /** Of random directions, orders and parts. */
  readonly seed?: number | undefined;
  /** Whether standard errors are computed, about a tenth more work; default: true. */
  readonly errors?: boolean | undefined;
  readonly algebra?: LinearAlgebra | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPairs?: MetricContext['onPairs'];
}

/**
 * All metrics of a generated set against a reference, each with a standard error. The passes over pairs
 * are shared.
 *
 * @throws StudyError for a named metric that the sets cannot give; the signal's reason once it is aborted
 */
export async function metricsOfSides(
  reference: Side,
  generated: Side,
  {
    metrics,
    seed = 0,
    errors = true,
    algebra = sharedAlgebra(),
    signal,
    onPairs,
  }: MetricsOptions = {},
): Promise<MetricsOfSets> {
  const leftOut: string[] = [];
  const wanted = (metrics ?? known).filter((metric) => {
    const refusal = refuse(metric, reference, generated);
    if (!refusal) return true;
    if (metrics) throw refusal;
    leftOut.push(`${metric.title} is left out: ${refusal.message}`);
    return false;
  });
  const pairs = metrics?.some((metric) => !known.includes(metric)) ? undefined : pairWorkOf(wanted);
  const context: MetricContext = { algebra, key: [seed], pairs, signal, onPairs };
  const samples = openBoth(reference, generated);
  try {
    const parts = samples && errors ? partsOf(samples.generated, samples.reference, seed) : null;
    const found: MetricOfSets[] = [];
    for (const metric of wanted) {
      signal?.throwIfAborted();
      const value =
        samples && metric !== fid
          ? await metric.value(samples.generated, samples.reference, context)
          : await ofStatistics(metric, reference, generated, algebra);
      const error = errors && samples ? await errorOf(metric, samples, parts, context) : NO_ERROR;
      const { name, title, better, inN, bias } = metric;
      found.push({ name, title, value, ...error, better, inN, bias });
    }
    return { metrics: found, leftOut };
  } finally {
    samples?.close();
  }
}

interface Samples {
  readonly reference: Sample;
  readonly generated: Sample;
  close(): void;
}

const NO_ERROR = { se: null, seFrom: null };

async function errorOf(
  metric: Metric,
  { generated, reference }: Samples,
  parts: ReturnType<typeof partsOf>,
  context: MetricContext,
): Promise<Pick<MetricOfSets, 'se' | 'seFrom'>> {
  const own = await metric.error?.(generated, reference, context);
  if (own != null) return { se: own, seFrom: 'formula' };
  // Parts are small: their pairs are no progress worth showing.
  const se = await subsetError(metric, parts, { ...context, onPairs: undefined });
  return { se, seFrom: se === null ? null : 'parts' };
}

/** Metrics that statistics are enough for; FID as `study fid` gives it. */
async function ofStatistics(
  metric: Metric,
  reference: Side,
  generated: Side,
  algebra: LinearAlgebra,
): Promise<number> {
  if (metric === sfid) return sfidOfSides(reference, generated, algebra);
  const ready = await cachedReference(reference, algebra);
  return (await spectralDistanceOfSide(ready, generated, algebra)).terms.distance;
}

function openBoth(reference: Side, generated: Side): Samples | null {
  if (reference.kind === 'statistics' || generated.kind === 'statistics') return null;
  const ofReference = openSample(reference.featuresPath, reference.extra);
  try {
    const ofGenerated = openSample(generated.featuresPath, generated.extra);
    return {
      reference: ofReference.sample,
      generated: ofGenerated.sample,
      close() {
        ofReference.close();
        ofGenerated.close();
      },
    };
  } catch (error) {
    ofReference.close();
    throw error;
  }
}

/** Why a metric cannot be computed. */
function refuse(metric: Metric, reference: Side, generated: Side): StudyError | undefined {
  const { name, title, needs, usesReference, leastRows, isEqualN } = metric;
  if (metric === fid) return undefined;
  const isOfStatistics = [reference, generated].some(({ kind }) => kind === 'statistics');
  if (metric === sfid && isOfStatistics) {
    return refuseSpatial(reference) ?? refuseSpatial(generated);
  }
  for (const { kind, path } of [reference, generated]) {
    if (kind === 'features') continue;
    return new StudyError(
      `${path} holds statistics; ${title} compares images one by one`,
      `give features or images, or leave '${name}' out of --metric`,
    );
  }
  const used = (usesReference ? [generated, reference] : [generated]) as readonly FeaturesSide[];
  for (const { extra, path, rows } of used) {
    const lacking = (['logits', 'spatial'] as const).find(
      (array) => needs.includes(array) && extra?.[array] === undefined,
    );
    if (lacking) return lacksArray(lacking, path);
    if (rows >= leastRows) continue;
    return new StudyError(
      `${path} has ${rows} image${rows === 1 ? '' : 's'}; ${title} needs at least ${leastRows}`,
      `give more images, or leave '${name}' out of --metric`,
    );
  }
  if (isEqualN && reference.rows! < generated.rows!) {
    return new StudyError(
      `${title} of ${generated.rows} images against ${reference.rows} references: it needs as many of each`,
      `give more references, or leave '${name}' out of --metric`,
    );
  }
  return undefined;
}
