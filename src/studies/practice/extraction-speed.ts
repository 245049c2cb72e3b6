import { type TimingRow, timingRow } from '../../tables/timings.ts';
import { type ExtractionJob, extractAgain } from '../jitter/extraction.ts';
import { featureChange } from '../jitter/features.ts';
import { BASELINE, type Variation } from '../jitter/variations.ts';
import type { StudyContext } from '../kind.ts';
import type { CheckRow } from './checks.ts';

/** Ways to extract that are said to be faster than batches of 32 on one single-threaded network. */
export function speedVariations(
  batchSizes: readonly number[],
  networks: readonly number[],
): { readonly advice: string; readonly setting: string; readonly variation: Variation }[] {
  return [
    ...batchSizes.map((batch_size) => ({
      advice: 'larger batches',
      setting: `batches of ${batch_size}`,
      variation: { ...BASELINE, batch_size },
    })),
    ...networks.map((workers) => ({
      advice: 'several devices',
      setting: `${workers} network${workers === 1 ? '' : 's'} side by side`,
      variation: { ...BASELINE, workers },
    })),
  ];
}

/** How features and rates depend on the batch size and on networks side by side. */
export async function extractionSpeed(
  job: Omit<ExtractionJob, 'variation'>,
  ways: ReturnType<typeof speedVariations>,
  { experiment, signal, progress }: StudyContext,
): Promise<{ checks: CheckRow[]; timings: TimingRow[] }> {
  const checks: CheckRow[] = [];
  const timings: TimingRow[] = [];
  const bar = progress('extracting', 'images');
  try {
    const baseline = await extractAgain({ ...job, variation: BASELINE }, signal, () => {});
    const { dimension } = job.extractor;
    const count = (2 * baseline.originals.length) / dimension;
    for (const [i, { advice, setting, variation }] of ways.entries()) {
      const found = await extractAgain({ ...job, variation }, signal, (done) =>
        bar.update(i * count + done, ways.length * count, setting),
      );
      const change = featureChange(found.originals, baseline.originals, dimension);
      const measure = 'largest relative change of features';
      checks.push({ advice, setting, measure, value: change.relative, mcse: null, draws: null });
      const what = `${advice}: ${setting}`;
      const { seconds } = found;
      timings.push(
        timingRow({ experiment: experiment.name, what, count, unit: 'images', seconds }),
      );
    }
  } finally {
    bar.stop();
  }
  return { checks, timings };
}
