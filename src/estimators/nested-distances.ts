import type { LinearAlgebra } from '../linalg/algebra.ts';
import { withoutPart } from '../linalg/pooled-moments.ts';
import { type SampleMoments, Scatter } from '../linalg/scatter.ts';
import { type FeatureRows, subtractRow } from '../metrics/features.ts';
import { type Geometry, spectralDistance } from '../metrics/frechet.ts';
import type { SubsetDistance } from '../theory/shared-results.ts';
import { groupStart } from '../theory/subsets.ts';
import type { Needs, RowObserver } from './estimator.ts';

/** Rows read at a time. */
const BLOCK = 2048;

/** All needs of the estimators of one pool together. */
export interface Plan {
  /** Ascending, without repetition; the whole pool is the last. */
  readonly prefixes: readonly number[];
  /** Numbers of groups, ascending. */
  readonly groups: readonly number[];
  /** Numbers of parts, ascending. */
  readonly parts: readonly number[];
}

export function planOf(needs: readonly Needs[], rows: number): Plan {
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  return {
    prefixes: ascending([...needs.flatMap(({ prefixes = [] }) => prefixes), rows]),
    groups: ascending(needs.flatMap(({ groups }) => groups ?? [])),
    parts: ascending(needs.flatMap(({ parts }) => parts ?? [])),
  };
}

/** Distances of a plan's subsets. */
export interface NestedDistances {
  /** Moments of z = x − m over the whole pool. */
  readonly total: SampleMoments;
  readonly prefixes: ReadonlyMap<number, SubsetDistance>;
  readonly leftOut: ReadonlyMap<number, readonly SubsetDistance[]>;
  readonly parts: ReadonlyMap<number, readonly SubsetDistance[]>;
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
  const divisions = [...new Set([...plan.groups, ...plan.parts])].map((count) => ({
    count,
    ends: new Set(Array.from({ length: count }, (_, i) => groupStart(rows, count, i + 1))),
    /** Moments up to the last end that was passed. */
    before: null as SampleMoments | null,
    groups: [] as SampleMoments[],
  }));
  const ends = divisions.flatMap((division) => [...division.ends]);
  const cuts = [...new Set([...plan.prefixes, ...ends])].sort((a, b) => a - b);
  const prefixes = new Map<number, SubsetDistance>();
  const parts = new Map(plan.parts.map((count) => [count, [] as SubsetDistance[]]));
  let total: SampleMoments | null = null;
  for (const cut of cuts) {
    while (scatter.count < cut) {
      const count = Math.min(BLOCK, cut - scatter.count);
      pool.readBlock(scatter.count, count, block);
      subtractRow(block, origin, count);
      for (const observer of observers) await observer.add(block, count);
      await scatter.add(block, count);
    }
    const moments = await scatter.moments();
    if (plan.prefixes.includes(cut)) prefixes.set(cut, await distance(moments));
    for (const division of divisions) {
      if (!division.ends.has(cut)) continue;
      const { before, count } = division;
      const part = before ? withoutPart(moments, before) : moments;
      const list = parts.get(count);
      if (list) list.push(await distance(part));
      if (plan.groups.includes(count)) division.groups.push(part);
      division.before = moments;
    }
    total = moments;
  }

  const leftOut = new Map<number, SubsetDistance[]>();
  for (const { count, groups } of divisions) {
    if (!plan.groups.includes(count)) continue;
    const list: SubsetDistance[] = [];
    for (const part of groups) list.push(await distance(withoutPart(total!, part)));
    leftOut.set(count, list);
  }
  return { total: total!, prefixes, leftOut, parts };

  async function distance(moments: SampleMoments): Promise<SubsetDistance> {
    return { size: moments.count, ...(await spectralDistance(geometry, moments, algebra)) };
  }
}
