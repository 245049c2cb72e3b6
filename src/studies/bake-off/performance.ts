import { performance } from '../../theory/performance.ts';
import type { Measured } from '../../theory/statistics.ts';
import type { Draw } from './draws.ts';
import type { ReferenceKind } from './settings.ts';

/** Measures of the bake-off. */
export type BakeOffMeasure =
  | 'bias'
  | 'sd'
  | 'rmse'
  | 'coverage'
  | 'relative_bias'
  | 'half_width'
  | 'flagged';

/** With fewer repetitions coverage is not reported. */
export const LEAST_REPETITIONS = 10;

/** One measure of one estimator on one surrogate at one size. */
export interface BakeOffRow {
  readonly mechanism: string;
  readonly generated: 'same' | 'different';
  readonly reference: ReferenceKind;
  readonly size: number;
  readonly method: string;
  readonly measure: BakeOffMeasure;
  readonly n_draws: number;
  readonly n_failed: number;
  readonly value: number | null;
  /** Monte-Carlo standard error. */
  readonly mcse: number | null;
}

/**
 * Performance over the repetitions of each surrogate and size, with Monte-Carlo errors after Morris,
 * White & Crowther 2019. Failed attempts are counted and left out; an estimate without an interval is
 * left out of the coverage alone, which needs ten repetitions. Draws that are said not to be reliable
 * do not count in it, if there are others; `flagged` is their share. `relative_bias` is the bias over
 * the plug-in's of the same draws, by the delta method for a ratio of paired means. `half_width` is the
 * median one of the intervals, in units of FID.
 */
export function bakeOffPerformance(draws: readonly Draw[]): BakeOffRow[] {
  return cellsOf(draws).flatMap((cell) => {
    const [first] = cell as [Draw, ...Draw[]];
    const { mechanism, same, reference, size, truth, attempts: methods } = first;
    const plugIn = errorsOf(cell, 'plug-in');
    return methods.flatMap(({ method }) => {
      const errors = errorsOf(cell, method);
      const found = errors.filter((error) => error !== null);
      const measures = measuresOf(found, coverageOf(cell, method, truth));
      measures.push(
        ['relative_bias', ratioOfMeans(errors, plugIn)],
        ['half_width', halfWidthOf(cell, method)],
        ['flagged', share(cell.map(({ isReliable }) => !isReliable))],
      );
      return measures.map(
        ([measure, { value, mcse }]): BakeOffRow => ({
          mechanism,
          generated: same ? 'same' : 'different',
          reference,
          size,
          method,
          measure,
          n_draws: found.length,
          n_failed: errors.length - found.length,
          value,
          mcse,
        }),
      );
    });
  });
}

/** Draws by surrogate and size, in order of appearance. */
function cellsOf(draws: readonly Draw[]): Draw[][] {
  const cells = new Map<string, Draw[]>();
  for (const draw of draws) {
    const key = `${draw.mechanism} ${draw.same} ${draw.reference} ${draw.size}`;
    const cell = cells.get(key) ?? [];
    cells.set(key, cell);
    cell.push(draw);
  }
  return [...cells.values()];
}

function errorsOf(cell: readonly Draw[], method: string): (number | null)[] {
  return cell.map(({ attempts, truth }) => {
    const estimate = attempts.find((attempt) => attempt.method === method)?.estimate ?? null;
    return estimate === null ? null : estimate - truth;
  });
}

function measuresOf(errors: readonly number[], coverage: Measured): [BakeOffMeasure, Measured][] {
  const empty: Measured = { value: null, mcse: null };
  const measured = errors.length > 0 ? performance(errors, 0) : null;
  return [
    ['bias', measured?.bias ?? empty],
    ['sd', measured?.empirical_se ?? empty],
    ['rmse', measured?.rmse ?? empty],
    ['coverage', coverage],
  ];
}

/** Share of the intervals that hold the truth, for estimators that give intervals. */
function coverageOf(cell: readonly Draw[], method: string, truth: number): Measured {
  const intervals = cell.flatMap(({ attempts, isReliable }) => {
    if (!isReliable && cell.some((draw) => draw.isReliable)) return [];
    const attempt = attempts.find((each) => each.method === method);
    return typeof attempt?.lower === 'number' && typeof attempt.upper === 'number'
      ? [attempt.lower <= truth && truth <= attempt.upper]
      : [];
  });
  const isEnough = intervals.length > 0 && cell.length >= LEAST_REPETITIONS;
  return isEnough ? share(intervals) : { value: null, mcse: null };
}

function share(hits: readonly boolean[]): Measured {
  const value = hits.filter(Boolean).length / hits.length;
  return { value, mcse: Math.sqrt((value * (1 - value)) / hits.length) };
}

function halfWidthOf(cell: readonly Draw[], method: string): Measured {
  const widths = cell
    .flatMap(({ attempts }) => {
      const attempt = attempts.find((each) => each.method === method);
      return typeof attempt?.lower === 'number' && typeof attempt.upper === 'number'
        ? [(attempt.upper - attempt.lower) / 2]
        : [];
    })
    .sort((a, b) => a - b);
  return { value: widths[widths.length >> 1] ?? null, mcse: null };
}

function ratioOfMeans(
  over: readonly (number | null)[],
  under: readonly (number | null)[],
): Measured {
  const pairs = over.flatMap((a, i) => {
    const b = under[i] ?? null;
    return a === null || b === null ? [] : [{ a, b }];
  });
  if (pairs.length === 0) return { value: null, mcse: null };
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  const [a, b] = [mean(pairs.map((pair) => pair.a)), mean(pairs.map((pair) => pair.b))];
  const ratio = a / b;
  const residuals = pairs.map((pair) => (pair.a - ratio * pair.b) / b);
  const { mcse } = performance(residuals, 0).bias;
  return { value: ratio, mcse };
}
