import type { LinearAlgebra } from '../linalg/algebra.ts';
import { withoutPart } from '../linalg/pooled-moments.ts';
import { type SampleMoments, Scatter } from '../linalg/scatter.ts';
import { type Geometry, spectralDistance } from '../metrics/frechet.ts';
import { type FeatureRows, subtractRow } from '../sources/features.ts';
import type { Needs, RowObserver, SubsetDistance } from './estimator.ts';
import { groupStart } from './subsets.ts';

/** Rows read at a time. */
const BLOCK = 2048;

/** All needs of the estimators of one pool together. */
export interface Plan {
  /** Ascending, without repetition; the whole pool is the last. */
  readonly prefixes: readonly number[];
  /** Numbers of groups, ascending. */
  readonly groups: readonly number[];
  readonly halves: boolean;
}

export function planOf(needs: readonly Needs[], rows: number): Plan {
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  return {
    prefixes: ascending([...needs.flatMap(({ prefixes = [] }) => prefixes), rows]),
    groups: ascending(needs.flatMap(({ groups }) => groups ?? [])),
    halves: needs.some(({ halves }) => halves),
  };
}

/** Distances of a plan's subsets. */
export interface NestedDistances {
  /** Moments of z = x − m over the whole pool. */
  readonly total: SampleMoments;
  readonly prefixes: ReadonlyMap<number, SubsetDistance>;
  readonly leftOut: ReadonlyMap<number, readonly SubsetDistance[]>;
  readonly halves: readonly [SubsetDistance, SubsetDistance] | null;
}

/**
 * One pass over a pool for all of a plan: second moments add up, so that prefixes share one running
 * sum, a group is the difference of two prefixes and what is left without it that of the whole.
 *
 * @param pool in random order
 */
export async function nestedDistances(
  pool: FeatureRows,
  origin: Float64Array,
  geometry: Geometry,
  plan: Plan,
  observers: readonly RowObserver[],
  algebra: LinearAlgebra,
): Promise<NestedDistances> {
  const { rows, dimension } = pool;
  const scatter = new Scatter(dimension, algebra.gemm);
  const block = new Float64Array(Math.min(BLOCK, rows) * dimension);
  const half = Math.floor(rows / 2);
  const ends = plan.groups.map((count) =>
    Array.from({ length: count }, (_, index) => groupStart(rows, count, index + 1)),
  );
  const cuts = [...new Set([...plan.prefixes, ...ends.flat(), ...(plan.halves ? [half] : [])])];
  const prefixes = new Map<number, SubsetDistance>();
  const groups = plan.groups.map((): SampleMoments[] => []);
  let firstHalf: SampleMoments | null = null;
  let total: SampleMoments | null = null;
  // The moments up to each number of groups' last end.
  const before = plan.groups.map((): SampleMoments | null => null);
  for (const cut of cuts.sort((a, b) => a - b)) {
    while (scatter.count < cut) {
      const count = Math.min(BLOCK, cut - scatter.count);
      pool.readBlock(scatter.count, count, block);
      subtractRow(block, origin, count);
      for (const observer of observers) await observer.add(block, count);
      await scatter.add(block, count);
    }
    const moments = scatter.moments();
    if (plan.prefixes.includes(cut)) prefixes.set(cut, await distance(moments));
    if (plan.halves && cut === half) firstHalf = moments;
    for (const [i, places] of ends.entries()) {
      if (!places.includes(cut)) continue;
      const last = before[i]!;
      groups[i]!.push(last ? withoutPart(moments, last) : moments);
      before[i] = moments;
    }
    total = moments;
  }

  const leftOut = new Map<number, SubsetDistance[]>();
  for (const [i, count] of plan.groups.entries()) {
    const list: SubsetDistance[] = [];
    for (const part of groups[i]!) list.push(await distance(withoutPart(total!, part)));
    leftOut.set(count, list);
    groups[i] = [];
  }
  const halves = firstHalf
    ? ([await distance(firstHalf), await distance(withoutPart(total!, firstHalf))] as const)
    : null;
  return { total: total!, prefixes, leftOut, halves };

  async function distance(moments: SampleMoments): Promise<SubsetDistance> {
    return { size: moments.count, ...(await spectralDistance(geometry, moments, algebra)) };
  }
}
