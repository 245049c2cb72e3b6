import { join } from 'node:path';
import { leaveOneOut } from '../../src/answers/correct/leave-one-out.ts';
import { publishedPairs } from '../../src/answers/correct/pairs.ts';
import { type RatioRow, ratioAgainstN } from '../../src/charts/ratio-against-n.ts';
import type { NamedChart } from '../../src/charts/render.ts';
import { causeCharts } from '../../src/studies/cause/charts.ts';
import type { CurvePoint } from '../../src/studies/cause/curve.ts';
import type { GapRow } from '../../src/studies/cause/gap.ts';
import { cfmChart } from '../../src/studies/cfm-gap/report.ts';
import type { Prediction, Report } from '../../src/studies/cfm-gap/routes.ts';
import { chartsOf } from '../../src/studies/jitter/charts.ts';
import type { SamplingError } from '../../src/studies/jitter/sampling-error.ts';
import { metricsCharts } from '../../src/studies/metrics/charts.ts';
import type { BiasRow, EffectRow } from '../../src/studies/metrics/result.ts';
import { practiceChart } from '../../src/studies/practice/chart.ts';
import type { CheckRow } from '../../src/studies/practice/checks.ts';
import { pairsChart } from '../../src/studies/published-pairs/study.ts';
import { realImagesCharts } from '../../src/studies/real-images/charts.ts';
import { loadSurrogate } from '../../src/surrogates/load.ts';
import { readJitter } from '../../src/tables/jitter.ts';
import { readRecords } from '../../src/tables/records.ts';
import { grouped, type Manifest } from './read.ts';
import { realImagesResult } from './real-images.ts';

/** Rows of a committed table. */
async function rowsOf<Row>(folder: string, name: string): Promise<Row[]> {
  return (await readRecords(join(folder, name))) as unknown as Row[];
}

async function standings(folder: string): Promise<NamedChart[]> {
  const rows = await rowsOf<RatioRow>(folder, 'standings.csv');
  return [{ name: 'rmse-against-n', spec: ratioAgainstN(rows) }];
}

/** The charts of each study in results/, drawn from its committed tables. */
export const CHARTS: Readonly<
  Record<string, (folder: string, manifest: Manifest) => Promise<NamedChart[]>>
> = {
  async cause(folder, { settings, inputs }) {
    const gaps = await rowsOf<GapRow>(folder, 'switched-off.csv');
    const points = await rowsOf<CurvePoint>(folder, 'curve.csv');
    const curves = grouped(points, ({ spectrum, dimension }) => `${spectrum} ${dimension}`);
    return causeCharts(gaps, curves, inputs.surrogate, settings.sizes).charts;
  },
  async 'cfm-gap'(folder, { report }) {
    const predictions = await rowsOf<Prediction>(folder, 'predictions.csv');
    return [{ name: 'predicted-against-reported', spec: cfmChart(predictions, report as Report) }];
  },
  'cifar10-real': async (folder) => realImagesCharts(await realImagesResult(folder)),
  estimators: standings,
  'estimators-2048': standings,
  intervals: standings,
  async jitter(folder, { settings, inputs, baseline }) {
    const rows = await readJitter(join(folder, 'jitter.csv'));
    const sampling = await rowsOf<SamplingError>(folder, 'sampling.csv');
    return chartsOf({ rows, baseline: baseline.measures, sampling }, settings, inputs.model.name);
  },
  async metrics(folder) {
    const biases = await rowsOf<BiasRow>(folder, 'bias.csv');
    return metricsCharts(biases, await rowsOf<EffectRow>(folder, 'effects.csv'));
  },
  async practice(folder, { settings }) {
    const checks = await rowsOf<CheckRow>(folder, 'practice.csv');
    const surrogate = await loadSurrogate(settings.source);
    return [{ name: 'practice', spec: practiceChart(checks, surrogate) }];
  },
  async 'published-pairs'() {
    const spec = pairsChart(leaveOneOut(publishedPairs()));
    return [{ name: 'predicted-against-reported', spec }];
  },
};
