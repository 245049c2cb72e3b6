import { join } from 'node:path';
import { ratioAgainstN } from '../../charts/ratio-against-n.ts';
import { renderCharts } from '../../charts/render.ts';
import { recommendedEstimator } from '../../estimators/recommended.ts';
import { fastAlgebra } from '../../linalg/fast.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import { thousands } from '../../tables/number.ts';
import { textTable } from '../../tables/text-table.ts';
import { timingRow, writeTimings } from '../../tables/timings.ts';
import { defineStudy } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { type CoverageRow, coverageLines, coverageOfDefault } from './coverage.ts';
import { allDraws, type Timing } from './draws.ts';
import { type BakeOffRow, bakeOffPerformance, LEAST_REPETITIONS } from './performance.ts';
import {
  type Claim,
  claimLine,
  claims,
  covers,
  type Standing,
  standings,
} from './recommendation.ts';
import { bakeOffSchema } from './settings.ts';

/** The claim tested: the default estimator with few images beats the plug-in with many. */
const CLAIM = { size: 5000, plugInSize: 50_000 } as const;

/** The bake-off: all estimators of FID at infinity on surrogates whose FID is known. */
export const estimatorsStudy = defineStudy({
  name: 'estimators',
  summary: 'estimators of FID at infinite N, compared on surrogates whose FID is known',
  settings: bakeOffSchema,
  async run(settings, context) {
    // One thread: products of this size gain nothing from more.
    const algebra = fastAlgebra(1);
    const { draws, timings } = await allDraws(settings, context, algebra);
    const rows = bakeOffPerformance(draws);
    const standing = standings(rows, draws);
    const pool = { rows: CLAIM.size, dimension: settings.stands_for };
    const { method } = recommendedEstimator(pool, KNOWN);
    const claimed = claims(rows, method, CLAIM.size, CLAIM.plugInSize);
    const path = (name: string) => join(context.folder, name);
    await writeWhole(path('performance.csv'), toCsv(PERFORMANCE, rows));
    await writeWhole(path('standings.csv'), toCsv(STANDINGS, standing));
    await writeWhole(path('claim.csv'), toCsv(CLAIMS, claimed));
    const covered = coverageOfDefault(draws, settings.stands_for);
    await writeWhole(path('coverage.csv'), toCsv(COVERAGES, covered));
    const tables = ['performance.csv', 'standings.csv', 'claim.csv', 'coverage.csv'];
    if (settings.timings) {
      tables.push('timings.csv');
      await writeTimings(path('timings.csv'), timingRows(context.experiment.name, timings));
    }
    const charts = await renderCharts(
      [{ name: 'rmse-against-n', spec: ratioAgainstN(standing) }],
      context.folder,
    );
    const recommended = standing.filter((each) => each.recommended);
    const summary = [
      ...(recommended.length > 0 ? recommended.map(sentence) : [TOO_FEW]),
      claimLine(claimed),
      ...coverageLines(covered),
    ];
    const manifest = await writeStudyManifest(context, settings, { summary });
    return {
      files: [...tables.map(path), manifest, ...charts.flatMap(({ paths }) => paths)],
      lines: [screen(standing), '', ...summary],
    };
  },
});

/** Rows are drawn, from populations whose moments are known. */
const KNOWN = { hasRows: true, isStratified: false, referenceRows: null };

const TOO_FEW = `fewer than ${LEAST_REPETITIONS} repetitions: no coverage, and no estimator is recommended`;

const PERFORMANCE = [
  'mechanism',
  'generated',
  'reference',
  'size',
  'method',
  'measure',
  'n_draws',
  'n_failed',
  'value',
  'mcse',
] as const satisfies readonly (keyof BakeOffRow)[];
const STANDINGS = [
  'size',
  'method',
  'median_ratio',
  'worst_ratio',
  'coverage',
  'coverage_mcse',
  'worst_coverage',
  'failures',
  'recommended',
] as const satisfies readonly (keyof Standing)[];
const CLAIMS = [
  'mechanism',
  'generated',
  'reference',
  'method',
  'size',
  'rmse',
  'plug_in_size',
  'plug_in_rmse',
  'holds',
] as const satisfies readonly (keyof Claim)[];
const COVERAGES = [
  'mechanism',
  'reference',
  'size',
  'method',
  'draws',
  'flagged',
  'coverage',
  'coverage_mcse',
  'relative_bias',
  'width_ratio',
] as const satisfies readonly (keyof CoverageRow)[];

function timingRows(experiment: string, timings: readonly Timing[]) {
  return timings.map(({ size, rows, method, seconds }) => {
    const what = `${method}, N = ${size}`;
    return timingRow({ experiment, what, count: rows, unit: 'rows', seconds });
  });
}

function sentence(standing: Standing): string {
  const { size, method, median_ratio, coverage, worst_coverage } = standing;
  const covered =
    coverage === null
      ? 'no intervals'
      : `${(100 * coverage).toFixed(1)} % coverage (${percent(worst_coverage)} % on the worst surrogate)`;
  const caveat = covers(standing) ? '' : ' (no estimator covers 92 % here)';
  return `N = ${thousands(size)}: ${method}, median RMSE ${(100 * median_ratio).toPrecision(2)} % of the plug-in's, ${covered}${caveat}`;
}

/** Median RMSE of each estimator over the plug-in's, size by size, with its coverages in percent. */
function screen(standing: readonly Standing[]): string {
  const sizes = [...new Set(standing.map(({ size }) => size))];
  const methods = [...new Set(standing.map(({ method }) => method))];
  const header = ['RMSE / plug-in (coverage, worst)', ...sizes.map(thousands)];
  const rows = methods.map((method) => [
    method,
    ...sizes.map((size) => {
      const found = standing.find((each) => each.method === method && each.size === size);
      if (!found) return '–';
      const { median_ratio, coverage, worst_coverage, recommended } = found;
      const covered =
        coverage === null ? '' : ` (${percent(coverage)}, ${percent(worst_coverage)})`;
      return `${recommended ? '* ' : ''}${median_ratio.toPrecision(2)}${covered}`;
    }),
  ]);
  return textTable({ header, rows }, ['left']);
}

function percent(share: number | null): string {
  return share === null ? '–' : (100 * share).toFixed(0);
}
