import { join } from 'node:path';
import { REFERENCE_FACT } from '../tables/fid-caption.ts';
import { writeWhole } from '../tables/files.ts';
import { performanceTable } from '../tables/latex.ts';
import { FID, metricOf } from '../tables/metric-column.ts';
import type { EstimateRow, PerformanceRow } from '../tables/rows.ts';
import { biasAndSe } from './bias-and-se.ts';
import { fidAgainstInverseN } from './fid-against-inverse-n.ts';
import { fidAgainstN } from './fid-against-n.ts';
import type { ChartData } from './inputs.ts';
import { metricAgainstN } from './metric-against-n.ts';
import { type NamedChart, renderCharts } from './render.ts';
import type { SweepResults } from './sweep-folder.ts';

/** The method charted if a sweep has several. */
const METHOD = 'plug-in';

/**
 * Writes everything drawn from a sweep's results: each chart as `.vl.json`, `.svg` and `.png`, and
 * performance.tex. The same results give the same bytes.
 *
 * @returns paths of the files written
 * @throws StudyError if the folder cannot be written
 */
export async function drawCharts(results: SweepResults, dir: string): Promise<string[]> {
  const { manifest, performance, estimates } = results;
  const methods = new Set(performance.map(({ method }) => method));
  const [method] = methods.has(METHOD) ? [METHOD] : methods;
  const reference = manifest.facts.find(({ label }) => label === REFERENCE_FACT)?.value;
  const ofFid = (row: EstimateRow | PerformanceRow) =>
    row.method === method && metricOf(row) === FID;
  const { estimand, metrics = [] } = manifest;
  const data = { ...manifest, reference };
  const charts = await renderCharts(
    [
      ...(estimand
        ? sweepCharts({
            ...data,
            estimand,
            estimates: estimates.filter(ofFid),
            performance: performance.filter(ofFid),
          })
        : []),
      ...metrics.map((metric) => ({
        name: `${metric.name}-against-n`,
        spec: metricAgainstN(metric, data, performance),
      })),
    ],
    dir,
  );
  const tablePath = join(dir, 'performance.tex');
  await writeWhole(tablePath, performanceTable(performance, manifest.published, reference));
  return [...charts.flatMap(({ paths }) => paths), tablePath];
}

/** Every chart of a sweep, by the name of its files. */
export function sweepCharts(data: ChartData): NamedChart[] {
  return [
    { name: 'fid-against-n', spec: fidAgainstN(data) },
    { name: 'fid-against-inverse-n', spec: fidAgainstInverseN(data) },
    { name: 'bias-and-se', spec: biasAndSe(data) },
  ];
}
