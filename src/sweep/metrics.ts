import type { MetricSpec } from '../draws/metric-spec.ts';
import { StudyError } from '../errors.ts';
import type { Metric } from '../metrics/metric.ts';
import { metrics as known, metricNamed } from '../metrics/registry.ts';
import { extraArrays, lacksArray } from '../metrics/required.ts';
import { FID } from '../tables/metric-column.ts';
import { thousands } from '../tables/number.ts';
import type { SweepInputs } from './inputs.ts';
import type { SweepSettings } from './settings.ts';

/** What is computed of each draw. */
export interface ChosenMetrics {
  /** Whether FID is among them; it is computed in any case. */
  readonly hasFid: boolean;
  /** The others, in the order of tables. */
  readonly others: readonly Metric[];
  /** What a worker needs for them. */
  readonly spec: MetricSpec | undefined;
  /** What was left out of `all`, and why. */
  readonly notes: readonly string[];
}

/**
 * The metrics of a sweep, before hours of draws.
 *
 * @throws StudyError for one that these inputs or sizes cannot give; of `all` it is left out
 */
export function chooseMetrics(settings: SweepSettings, inputs: SweepInputs): ChosenMetrics {
  const names = settings.metric ?? [FID];
  const isAll = names[0] === 'all';
  const asked = isAll ? known : names.map(metricNamed);
  const reference = inputs.referenceRows?.(settings.reference_rows ?? settings.sizes.at(-1)!);
  const notes: string[] = [];
  const others = asked.filter((metric) => {
    if (metric.name === FID) return false;
    const refusal = refuse(metric, settings, inputs, reference?.rows ?? null);
    if (!refusal) return true;
    if (!isAll) throw refusal;
    notes.push(`${metric.title} is left out: ${refusal.message}`);
    return false;
  });
  if (others.length > 0 && reference?.kind === 'normals') {
    notes.push(
      `metrics besides FID compare with ${thousands(reference.rows)} fresh rows of the reference for each seed`,
    );
  }
  const spec = others.length > 0 && reference ? specOf(others, inputs, reference) : undefined;
  return { hasFid: isAll || names.includes(FID), others, spec, notes };
}

function specOf(
  others: readonly Metric[],
  { extra }: SweepInputs,
  reference: MetricSpec['reference'],
): MetricSpec {
  return { names: others.map(({ name }) => name), reference, ...(extra && { extra }) };
}

/** Why a metric cannot be computed. */
function refuse(
  { name, title, needs, usesReference, leastRows, isEqualN }: Metric,
  { sizes, exact_moments }: SweepSettings,
  { name: source, extra, pool }: SweepInputs,
  references: number | null,
): StudyError | undefined {
  const leaveOut = `leave '${name}' out of --metric`;
  if (exact_moments) {
    return new StudyError(
      `${title} with --exact-moments: it needs rows`,
      `draw rows, or ${leaveOut}`,
    );
  }
  if (references === null) {
    return new StudyError(
      `the reference holds statistics; ${title} compares images one by one`,
      `give features or images as the reference, or ${leaveOut}`,
    );
  }
  const lacking = (['logits', 'spatial'] as const).find(
    (array) => needs.includes(array) && extra?.[array] === undefined,
  );
  if (lacking) {
    return pool === null
      ? new StudyError(
          `${source} is a surrogate, without images; ${title} needs their ${extraArrays[lacking]}`,
          leaveOut,
        )
      : lacksArray(lacking, source);
  }
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  if (smallest < leastRows) {
    return new StudyError(
      `${title} of ${smallest} images; it needs at least ${leastRows}`,
      `give larger sizes, or ${leaveOut}`,
    );
  }
  if (usesReference && references < leastRows) {
    return new StudyError(
      `${title} against ${references} references; it needs at least ${leastRows}`,
      `give more references, or ${leaveOut}`,
    );
  }
  if (isEqualN && references < largest) {
    return new StudyError(
      `${title} of ${thousands(largest)} images against ${thousands(references)} references; it needs as many of each`,
      `give sizes up to ${references}, or ${leaveOut}`,
    );
  }
  return undefined;
}
