import { recommendedEstimator } from '../../estimators/recommended.ts';
import { thousands } from '../../tables/number.ts';
import { Z95 } from '../../theory/normal.ts';
import { mean } from '../../theory/statistics.ts';
import type { Draw } from './draws.ts';
import { LEAST_REPETITIONS } from './performance.ts';
import type { ReferenceKind } from './settings.ts';

/** How the default's intervals do on one surrogate, P = Q and P ≠ Q together. */
export interface CoverageRow {
  readonly mechanism: string;
  readonly reference: ReferenceKind;
  readonly size: number;
  readonly method: string;
  readonly draws: number;
  /** Share of draws of which an estimate is said not to be reliable. */
  readonly flagged: number;
  /** Of the others, the share of intervals that hold the truth; null without any. */
  readonly coverage: number | null;
  readonly coverage_mcse: number | null;
  /** Mean error over the plug-in's. */
  readonly relative_bias: number;
  /** Median half width over that of an interval that knows the spread of the errors, 1.96 SD. */
  readonly width_ratio: number;
}

/** Coverage of the estimator that commands take by default, surrogate by surrogate. */
export function coverageOfDefault(draws: readonly Draw[], dimension: number): CoverageRow[] {
  const cells = new Map<string, Draw[]>();
  for (const draw of draws) {
    const { mechanism, reference, size } = draw;
    const key = `${mechanism} ${reference} ${size}`;
    cells.set(key, [...(cells.get(key) ?? []), draw]);
  }
  return [...cells.values()].flatMap((cell) => rowOf(cell, dimension) ?? []);
}

function rowOf(cell: readonly Draw[], dimension: number): CoverageRow | null {
  const [{ mechanism, reference, size }] = cell as [Draw, ...Draw[]];
  const referenceRows = reference === 'known' ? null : Number(reference) * dimension || size;
  const kind = { hasRows: true, isStratified: false, referenceRows };
  const { method } = recommendedEstimator({ rows: size, dimension }, kind);
  const found = cell.flatMap(({ attempts, truth, isReliable, same }) => {
    const of = (name: string) => attempts.find((each) => each.method === name);
    const { estimate, lower, upper } = of(method) ?? {};
    const plugIn = of('plug-in')?.estimate;
    if (typeof estimate !== 'number' || typeof lower !== 'number' || typeof upper !== 'number') {
      return [];
    }
    if (typeof plugIn !== 'number') return [];
    const holds = lower <= truth && truth <= upper;
    const half = (upper - lower) / 2;
    return [{ same, isReliable, holds, half, error: estimate - truth, plugIn: plugIn - truth }];
  });
  if (found.length < LEAST_REPETITIONS) return null;
  const counted = found.filter(({ isReliable }) => isReliable);
  const coverage = counted.length > 0 ? mean(counted.map(({ holds }) => Number(holds))) : null;
  return {
    mechanism,
    reference,
    size,
    method,
    draws: found.length,
    flagged: 1 - counted.length / found.length,
    coverage,
    coverage_mcse:
      coverage === null ? null : Math.sqrt((coverage * (1 - coverage)) / counted.length),
    relative_bias: mean(found.map(({ error }) => error)) / mean(found.map(({ plugIn }) => plugIn)),
    width_ratio: mean(
      [true, false].flatMap((same) => {
        const some = found.filter((each) => each.same === same);
        if (some.length < 2) return [];
        const centre = mean(some.map(({ error }) => error));
        const squares = some.map(({ error }) => (error - centre) ** 2);
        const sd = Math.sqrt(squares.reduce((a, b) => a + b, 0) / (some.length - 1));
        const halves = some.map(({ half }) => half).sort((a, b) => a - b);
        return [halves[halves.length >> 1]! / (Z95 * sd)];
      }),
    ),
  };
}

/** Goal: intervals of every surrogate that hold the truth so often, where they are to be relied on. */
const LEAST = 0.9;

/** In a sentence for each size: coverage over all, the worst, and where nothing is relied on. */
export function coverageLines(rows: readonly CoverageRow[]): string[] {
  const sizes = [...new Set(rows.map(({ size }) => size))];
  return sizes.flatMap((size) => {
    const some = rows.filter((row) => row.size === size);
    const covered = some.flatMap((row) =>
      row.coverage === null ? [] : [{ ...row, at: row.coverage }],
    );
    if (covered.length === 0) return [];
    const worst = covered.reduce((a, b) => (b.at < a.at ? b : a));
    const below = covered.filter(({ at, coverage_mcse }) => at + 2 * coverage_mcse! < LEAST);
    const percent = (share: number) => (100 * share).toFixed(0);
    return [
      `N = ${thousands(size)}: 95 % intervals of the default hold the truth in ${percent(mean(covered.map(({ at }) => at)))} % on average, ${percent(worst.at)} % at worst (${worst.mechanism}, reference ${worst.reference}); ${below.length} of ${covered.length} surrogates are below 90 % by more than chance`,
    ];
  });
}
