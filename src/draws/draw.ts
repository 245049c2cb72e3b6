import { largestOf } from '../arrays/extremes.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { type Precision, Scatter } from '../linalg/scatter.ts';
import { BLOCK } from '../metrics/features.ts';
import { distanceOfMoments, type Geometry } from '../metrics/frechet.ts';
import { addBlock, isBlock } from './block-moments.ts';
import { isBeyondHalf, runComplements } from './complement.ts';
import type { OpenMetrics } from './draw-metrics.ts';
import { distanceOfExactMoments } from './exact-moments.ts';
import { KeptRows } from './kept-rows.ts';
import { attempt, type DrawOutcome, type DrawUnit, failed } from './outcome.ts';
import type { DrawSpec, OpenRows, RowReader } from './spec.ts';

/**
 * Runs the draws of one unit: nested draws share their rows and their sums, and draws of more than
 * half a pool are computed from the rows they leave out. A draw that fails becomes an outcome with its
 * error, and the next one continues.
 */
export async function* runUnit(
  unit: DrawUnit,
  spec: DrawSpec,
  rows: OpenRows,
  algebra: LinearAlgebra,
  metrics: OpenMetrics | null = null,
): AsyncGenerator<DrawOutcome> {
  if (!metrics) return yield* runFids(unit, spec, rows, algebra);
  const ofSize = await metrics.ofUnit(unit, algebra);
  for await (const outcome of runFids(unit, spec, rows, algebra)) {
    yield { ...outcome, metrics: await ofSize(outcome.size) };
  }
}

/** The FIDs of a unit's draws. */
async function* runFids(
  unit: DrawUnit,
  { geometry, precision = 'double' }: DrawSpec,
  rows: OpenRows,
  algebra: LinearAlgebra,
): AsyncGenerator<DrawOutcome> {
  if (rows.momentsKey) {
    for (const size of unit.wanted) {
      const key = rows.momentsKey(unit.seed, size);
      yield attempt(unit.seed, size, () => distanceOfExactMoments(geometry, size, key, algebra));
    }
    return;
  }
  const { total } = rows;
  const isBeyond = (size: number) => isBeyondHalf(size, geometry.dimension, total?.count ?? null);
  const half = partOf(unit, (size) => !isBeyond(size));
  if (half.wanted.length > 0) yield* runPrefixes(half, geometry, rows, algebra, precision);
  const rest = partOf(unit, isBeyond);
  if (rest.wanted.length > 0) {
    yield* runComplements(rest, geometry, rows, total!, algebra, precision);
  }
}

/**
 * Splits a unit into its draws of up to half a pool and those of more, which share no rows: two
 * workers give the same bits as one.
 */
export function halvesOf(unit: DrawUnit, { geometry, rows }: DrawSpec): DrawUnit[] {
  const total = rows.kind === 'pool' ? (rows.total?.count ?? null) : null;
  const isBeyond = (size: number) => isBeyondHalf(size, geometry.dimension, total);
  const { seed, sizes, wanted } = unit;
  // Both keep all sizes of the seed: these determine the order in which rows are read.
  return [wanted.filter(isBeyond), wanted.filter((size) => !isBeyond(size))].flatMap((part) =>
    part.length > 0 ? [{ seed, sizes, wanted: part }] : [],
  );
}

function partOf({ seed, sizes, wanted }: DrawUnit, keep: (size: number) => boolean): DrawUnit {
  return { seed, sizes: sizes.filter(keep), wanted: wanted.filter(keep) };
}

/** Draws that share their rows and their sums, the smallest first. */
async function* runPrefixes(
  unit: DrawUnit,
  geometry: Geometry,
  rows: OpenRows,
  algebra: LinearAlgebra,
  precision: Precision,
): AsyncGenerator<DrawOutcome> {
  const d = geometry.dimension;
  const last = largestOf(unit.wanted);
  const cuts = unit.sizes.filter((size) => size <= last);
  let reader: RowReader | null = null;
  // Draws of up to d rows are kept as rows: their Gram matrix is smaller than a covariance.
  const largestGram = Math.max(0, largestOf(unit.wanted.filter((size) => size <= d)));
  const kept = new KeptRows(geometry, largestGram, algebra);
  const covariance = last > d ? new Float64Array(d * d) : undefined;
  const scatter = last > d ? new Scatter(d, algebra.gemm, precision) : null;
  const block = new Float64Array(Math.min(BLOCK, last) * d);
  let count = 0;
  for (const size of cuts) {
    const start = performance.now();
    try {
      const key = isBlock(size - count, d) && rows.blockKey?.(unit.seed, unit.sizes, count, size);
      if (key) {
        await addBlock(scatter!, size - count, key);
        count = size;
      }
      while (count < size) {
        const some = Math.min(BLOCK, size - count);
        const data = block.subarray(0, some * d);
        reader ??= rows.draw(unit.seed, unit.sizes);
        await reader.next(data, some);
        await kept.add(data, some);
        await scatter?.add(data, some);
        count += some;
      }
    } catch (error) {
      // Without its rows this draw and all larger ones fail.
      for (const lost of unit.wanted.filter((other) => other >= size)) {
        yield failed(unit.seed, lost, error, start);
      }
      return;
    }
    if (!unit.wanted.includes(size)) continue;
    yield attempt(
      unit.seed,
      size,
      async () =>
        size <= d
          ? kept.distance(size)
          : distanceOfMoments(geometry, await scatter!.moments(covariance), algebra),
      start,
    );
  }
}
