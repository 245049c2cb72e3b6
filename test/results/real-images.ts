import { join } from 'node:path';
import { FORWARD } from '../../src/studies/real-images/charts.ts';
import type { KidRow } from '../../src/studies/real-images/kid-blocks.ts';
import type { LocalSlope } from '../../src/studies/real-images/law.ts';
import type { Reversal } from '../../src/studies/real-images/order.ts';
import type { ConstantsRow, RealImagesResult } from '../../src/studies/real-images/result.ts';
import { chooseEstimand } from '../../src/sweep/estimand.ts';
import { fitInverseSize } from '../../src/sweep/fit.ts';
import type { SweepInputs } from '../../src/sweep/inputs.ts';
import type { SweepResult } from '../../src/sweep/run.ts';
import { readEstimates } from '../../src/tables/estimates.ts';
import { readPerformance } from '../../src/tables/performance.ts';
import { readRecords } from '../../src/tables/records.ts';
import { grouped } from './read.ts';

/** Dimension of the features. */
const D = 2048;

/** What the study of real images found, from its committed tables. */
export async function realImagesResult(
  folder: string,
): Promise<Omit<RealImagesResult, 'notes' | 'summary'> & { notes: []; summary: '' }> {
  const table = async <Row>(name: string) =>
    (await readRecords(join(folder, name))) as unknown as Row[];
  const estimates = await readEstimates(join(folder, 'estimates.csv'));
  const performance = await readPerformance(join(folder, 'performance.csv'));
  const constants = await table<ConstantsRow>('constants.csv');
  const byExperiment = grouped(estimates, ({ experiment }) => experiment);
  return {
    comparisons: byExperiment.map((rows) => {
      const { experiment, pool } = rows[0]!;
      const of = constants.find((row) => row.experiment === experiment);
      const fit = fitInverseSize(rows, D, pool);
      const inputs = { population: null, pool, referenceSize: of?.reference_rows ?? null };
      return {
        experiment,
        estimates: rows,
        performance: performance.filter((row) => row.experiment === experiment),
        fit,
        // The only one that a chart shows.
        estimand:
          experiment === FORWARD
            ? chooseEstimand({ estimand: 'auto' }, inputs as SweepInputs, rows, fit)
            : null,
      } as unknown as SweepResult;
    }),
    constants,
    slopes: await table<LocalSlope>('slopes.csv'),
    kids: await table<KidRow>('kid.csv'),
    reversed: await table<Reversal>('reversals.csv'),
    notes: [],
    summary: '',
  };
}
