import type { ChartData } from '../../src/charts/inputs.ts';
import type { EstimateRow, Measure, PerformanceRow } from '../../src/tables/rows.ts';

const INTERCEPT = 4.602;
const SLOPE = 25_900;

/** Settings of a made-up sweep: FID = intercept + slope / N, SD = spread / N. */
export interface SweepShape {
  readonly sizes: readonly number[];
  readonly seeds: number;
  readonly intercept?: number;
  readonly slope?: number;
  readonly spread?: number;
  /** D of the D / N² term. */
  readonly bend?: number;
  readonly published?: ChartData['published'];
  readonly title?: string;
}

export const PUBLISHED: ChartData['published'] = [
  { size: 5000, fid: 9.75, label: 'OT-CFM', url: 'https://example.org/issues/111' },
  { size: 50_000, fid: 5.12, label: 'OT-CFM', url: 'https://example.org/issues/111' },
];

/** Rows of a sweep without chance: deviations repeat a fixed pattern of unit SD or so. */
export function sweepOf({
  sizes,
  seeds,
  intercept = INTERCEPT,
  slope = SLOPE,
  spread = 500,
  bend = 0,
  published = [],
  title = `cifar10-cfm, ${seeds} seeds`,
}: SweepShape): ChartData {
  const estimates: EstimateRow[] = sizes.flatMap((size) =>
    Array.from({ length: seeds }, (_, seed) => ({
      experiment: 'pair',
      source: 'cifar10-cfm',
      size,
      seed,
      pool: null,
      replacement: false,
      method: 'plug-in',
      estimate:
        intercept + slope / size + bend / size ** 2 + (spread / size) * deviation(seed + size),
      mean_term: null,
      trace_reference: null,
      trace_generated: null,
      trace_sqrt: null,
      seconds: null,
      status: 'ok',
      error: null,
    })),
  );
  const performance = sizes.flatMap((size) => {
    const values = estimates.flatMap((row) =>
      row.size === size && row.estimate !== null ? [row.estimate] : [],
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
    const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (seeds - 1));
    const hasSd = seeds > 1;
    const mcse = hasSd ? sd / Math.sqrt(seeds) : null;
    return [
      row(size, seeds, 'mean', mean, mcse),
      row(size, seeds, 'bias', mean - intercept, mcse),
      row(
        size,
        seeds,
        'empirical_se',
        hasSd ? sd : null,
        hasSd ? sd / Math.sqrt(2 * seeds - 2) : null,
      ),
      row(size, seeds, 'rmse', Math.sqrt((mean - intercept) ** 2 + (hasSd ? sd ** 2 : 0)), mcse),
    ];
  });
  return {
    title,
    estimates,
    performance,
    estimand: { value: intercept, se: 0, kind: 'population', description: 'in closed form' },
    published,
    fit:
      sizes.length > 1
        ? {
            intercept: intercept + 0.004,
            intercept_se: seeds > 1 ? 0.0035 : null,
            slope,
            slope_se: seeds > 1 ? 40 : null,
            sizes: bend === 0 ? sizes : sizes.filter((size) => size >= 4096),
          }
        : null,
  };
}

function deviation(i: number): number {
  return Math.sqrt(2) * Math.sin(2.39996 * i);
}

function row(
  size: number,
  seeds: number,
  measure: Measure,
  value: number | null,
  mcse: number | null,
): PerformanceRow {
  const half = mcse === null ? null : 1.96 * mcse;
  return {
    experiment: 'pair',
    size,
    method: 'plug-in',
    measure,
    n_draws: seeds,
    n_failed: 0,
    value,
    mcse,
    lower: value === null || half === null ? null : value - half,
    upper: value === null || half === null ? null : value + half,
  };
}

/** The shapes that the charts must carry, by what is special about them. */
export const SHAPES = {
  pair: sweepOf({ sizes: [5000, 50_000], seeds: 10, published: PUBLISHED }),
  many: sweepOf({
    sizes: [1000, 2000, 5000, 10_000, 20_000, 50_000],
    seeds: 10,
    bend: 5e6,
    published: PUBLISHED,
    title: 'cifar10-cfm against its own reference, 10 seeds of nested draws without replacement',
  }),
  dense: sweepOf({
    sizes: [
      1000, 1322, 1749, 2313, 3058, 4044, 5348, 7071, 9350, 12_364, 16_350, 21_620, 28_589, 37_805,
      50_000,
    ],
    seeds: 20,
    published: PUBLISHED,
  }),
  oneSize: sweepOf({ sizes: [5000], seeds: 10, published: PUBLISHED.slice(0, 1) }),
  oneSeed: sweepOf({ sizes: [5000, 50_000], seeds: 1 }),
  negative: sweepOf({
    sizes: [2500, 5000, 10_000],
    seeds: 5,
    intercept: 0,
    slope: -100,
    spread: 600,
  }),
  flat: sweepOf({
    sizes: [5000, 10_000, 50_000],
    seeds: 10,
    intercept: 60,
    slope: 500,
    spread: 2000,
  }),
  allFailed: sweepOf({ sizes: [], seeds: 10 }),
} as const;
