import { largestOf, smallestOf } from '../../arrays/extremes.ts';
import { thousands } from '../../tables/number.ts';
import { performance } from '../../theory/performance.ts';
import { type Measured, median } from '../../theory/statistics.ts';
import type { Draw } from './draws.ts';
import { type BakeOffRow, LEAST_REPETITIONS } from './performance.ts';
import type { ReferenceKind } from './settings.ts';

/** How one estimator did at one size over all surrogates. */
export interface Standing {
  /** N in dimension `stands_for`. */
  readonly size: number;
  readonly method: string;
  /** Median and largest over surrogates of RMSE over the plug-in's. */
  readonly median_ratio: number;
  readonly worst_ratio: number;
  /** Share of all intervals that hold the truth; null without any. */
  readonly coverage: number | null;
  readonly coverage_mcse: number | null;
  /** Lowest coverage on any surrogate. */
  readonly worst_coverage: number | null;
  readonly failures: number;
  readonly recommended: boolean;
}

/** Least coverage of 95 % intervals for a recommendation, if any estimator reaches it. */
const LEAST_COVERAGE = 0.92;
/** Median RMSEs within this factor of the smallest are tied with it. */
const TIE = 1.15;

/**
 * The standing of all estimators, and one recommended for each size: of those that never fail and
 * whose 95 % intervals cover 92 % or more over all surrogates together (within two Monte-Carlo
 * errors), the one with the smallest median RMSE. Among tied estimators the one wins that is best or
 * tied at the most neighbouring sizes in a row, so that the recommendation does not jump by chance. If
 * none covers, the RMSE decides.
 *
 * Coverage above 98 % is allowed. It comes from standard errors that include the bias an estimator may
 * leave, which is large on a few surrogates only and cannot be seen in the rows. Intervals that are too
 * wide on the others mislead nobody; intervals that are too narrow would. `coverage` and
 * `worst_coverage` show it. Below ten repetitions nothing is recommended.
 */
export function standings(rows: readonly BakeOffRow[], draws: readonly Draw[]): Standing[] {
  const isEnough = new Set(draws.map(({ repetition }) => repetition)).size >= LEAST_REPETITIONS;
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const methods = [...new Set(rows.map(({ method }) => method))];
  const everywhere = sizes.map((size) => {
    const all = methods.flatMap((method) => standing(rows, draws, size, method) ?? []);
    return { all, best: bestOf(all) };
  });
  return everywhere.flatMap(({ all, best }, at) => {
    const run = (method: string) => sizesInARow(everywhere, at, method);
    const [first] = [...best].sort((a, b) => run(b) - run(a));
    return all.map((each) => ({ ...each, recommended: isEnough && each.method === first }));
  });
}

/** Number of neighbouring sizes around the one at `at` where a method is best or tied. */
function sizesInARow(
  everywhere: readonly { readonly best: ReadonlySet<string> }[],
  at: number,
  method: string,
): number {
  const holds = (i: number) => everywhere[i]?.best.has(method) ?? false;
  let [first, last] = [at, at];
  while (holds(first - 1)) first--;
  while (holds(last + 1)) last++;
  return last - first + 1;
}

/** The best estimator of a size and those tied with it, the best first. */
function bestOf(all: readonly Omit<Standing, 'recommended'>[]): Set<string> {
  const eligible = all.filter(({ failures, method }) => failures === 0 && method !== 'plug-in');
  const covering = eligible.filter(covers);
  const candidates = covering.length > 0 ? covering : eligible;
  const least = smallestOf(candidates.map(({ median_ratio }) => median_ratio));
  return new Set(
    candidates
      .filter(({ median_ratio }) => median_ratio <= TIE * least)
      .sort((a, b) => a.median_ratio - b.median_ratio)
      .map(({ method }) => method),
  );
}

/** Whether the intervals of a standing cover often enough, within the Monte-Carlo error. */
export function covers({ coverage, coverage_mcse }: Omit<Standing, 'recommended'>): boolean {
  return coverage !== null && coverage >= LEAST_COVERAGE - 2 * (coverage_mcse ?? 0);
}

function standing(
  rows: readonly BakeOffRow[],
  draws: readonly Draw[],
  size: number,
  method: string,
): Omit<Standing, 'recommended'> | null {
  const of = (name: string, measure: string) =>
    rows.filter((row) => row.size === size && row.method === name && row.measure === measure);
  const mine = of(method, 'rmse');
  const ratios = mine
    .flatMap((each) => {
      const { value } = each;
      const plugIn = of('plug-in', 'rmse').find((row) => isSameCell(row, each));
      return value === null || !plugIn?.value ? [] : [value / plugIn.value];
    })
    .sort((a, b) => a - b);
  if (ratios.length === 0) return null;
  const coverage = pooledCoverage(
    draws.filter((draw) => draw.size === size),
    method,
  );
  const coverages = of(method, 'coverage').flatMap(({ value }) => value ?? []);
  return {
    size,
    method,
    median_ratio: median(ratios),
    worst_ratio: ratios.at(-1)!,
    coverage: coverage.value,
    coverage_mcse: coverage.mcse,
    worst_coverage: coverages.length > 0 ? smallestOf(coverages) : null,
    failures: mine.reduce((total, { n_failed }) => total + n_failed, 0),
  };
}

/**
 * Share of the intervals of all surrogates that hold the truth. Surrogates share their normals within
 * a repetition, so the Monte-Carlo error is that of a mean over repetitions.
 */
function pooledCoverage(draws: readonly Draw[], method: string): Measured {
  const byRepetition = new Map<number, boolean[]>();
  const hasReliable = draws.some(({ isReliable }) => isReliable);
  for (const { repetition, truth, attempts, isReliable } of draws) {
    if (hasReliable && !isReliable) continue;
    const attempt = attempts.find((each) => each.method === method);
    if (typeof attempt?.lower !== 'number' || typeof attempt.upper !== 'number') continue;
    const hits = byRepetition.get(repetition) ?? [];
    byRepetition.set(repetition, hits);
    hits.push(attempt.lower <= truth && truth <= attempt.upper);
  }
  const shares = [...byRepetition.values()].map(
    (hits) => hits.filter(Boolean).length / hits.length,
  );
  if (shares.length < LEAST_REPETITIONS) return { value: null, mcse: null };
  const { mean } = performance(shares, 0);
  return { value: mean.value, mcse: mean.mcse };
}

/** Whether two rows are of one surrogate and one kind of reference. */
function isSameCell(a: BakeOffRow, b: BakeOffRow): boolean {
  return a.mechanism === b.mechanism && a.generated === b.generated && a.reference === b.reference;
}

/** The claim that fewer images and a better estimator beat many images and a plug-in. */
export interface Claim {
  readonly mechanism: string;
  readonly generated: 'same' | 'different';
  readonly reference: ReferenceKind;
  readonly method: string;
  readonly size: number;
  readonly rmse: number;
  readonly plug_in_size: number;
  readonly plug_in_rmse: number;
  readonly holds: boolean;
}

/** Surrogate by surrogate: an estimator's RMSE at one size, the plug-in's at another. */
export function claims(
  rows: readonly BakeOffRow[],
  method: string,
  size: number,
  plugInSize: number,
): Claim[] {
  return rows.flatMap((row) => {
    if (row.measure !== 'rmse' || row.size !== size || row.method !== method) return [];
    const { mechanism, generated, reference, value } = row;
    const plugIn = rows.find(
      (other) =>
        other.measure === 'rmse' &&
        other.method === 'plug-in' &&
        other.size === plugInSize &&
        isSameCell(other, row),
    );
    if (value === null || !plugIn?.value) return [];
    const [rmse, other] = [value, plugIn.value];
    return [
      {
        mechanism,
        generated,
        reference,
        method: row.method,
        size,
        rmse,
        plug_in_size: plugInSize,
        plug_in_rmse: other,
        holds: rmse < other,
      },
    ];
  });
}

/** In a sentence: on how many surrogates the claim holds. */
export function claimLine(claimed: readonly Claim[]): string {
  const [first] = claimed;
  if (!first) return 'the claim was not tested: it needs draws of both sizes';
  const holds = claimed.filter(({ holds }) => holds).length;
  const worst = largestOf(claimed.map(({ rmse, plug_in_rmse }) => rmse / plug_in_rmse));
  return `with ${thousands(first.size)} images ${first.method} is closer to FID_∞ than the plug-in with ${thousands(first.plug_in_size)} on ${holds} of ${claimed.length} surrogates (largest ratio of RMSEs ${worst.toPrecision(2)})`;
}
