import type { LinearAlgebra } from '../linalg/algebra.ts';
import { columnMeans } from '../linalg/contrasts.ts';
import { type Precision, Scatter } from '../linalg/scatter.ts';
import {
  distanceOfMoments,
  distanceOfRows,
  type FrechetTerms,
  type Geometry,
} from '../metrics/frechet.ts';
import type { DrawSource, OpenRows, RowReader } from '../sources/draw-source.ts';
import { distanceOfExactMoments } from '../sources/exact-moments.ts';
import { isBeyondHalf, runComplements } from './complement.ts';
import { attempt, type DrawOutcome, failed } from './outcome.ts';

export type { DrawOutcome } from './outcome.ts';

/** Rows read at a time. */
const BLOCK = 1024;

/** The draws of one seed that share their rows. */
export interface DrawUnit {
  readonly seed: number;
  /** Sizes of the nested draws, ascending; one size if draws are independent. */
  readonly sizes: readonly number[];
  /**
   * Sizes still to be computed. The others are passed through all the same, so that sums are
   * rounded in the same order and a resumed sweep gives the same bits.
   */
  readonly wanted: readonly number[];
}

/**
 * Runs the draws of one unit: nested draws share their rows and their sums, and draws of more than
 * half a pool are computed from what they leave out. A draw that fails becomes an outcome with its
 * error, and the next one goes on.
 */
export async function* runUnit(
  unit: DrawUnit,
  { geometry, precision = 'double' }: DrawSource,
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
  const d = geometry.dimension;
  const total = rows.total ?? null;
  const beyond = (size: number) => isBeyondHalf(size, d, total?.count ?? null);
  const half = partOf(unit, (size) => !beyond(size));
  if (half.wanted.length > 0) yield* runPrefixes(half, geometry, rows, algebra, precision);
  const rest = partOf(unit, beyond);
  if (rest.wanted.length > 0) {
    yield* runComplements(rest, geometry, rows, total!, algebra, precision);
  }
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
  const last = Math.max(...unit.wanted);
  const cuts = unit.sizes.filter((size) => size <= last);
  let reader: RowReader | null = null;
  // Draws of up to d rows are kept as rows, for their Gram matrix is the smaller one.
  const kept = new Float64Array(Math.max(0, ...cuts.filter((size) => size <= d)) * d);
  const covariance = last > d ? new Float64Array(d * d) : undefined;
  const scatter = last > d ? new Scatter(d, algebra.gemm, precision) : null;
  const block = new Float64Array(Math.min(BLOCK, last) * d);
  let count = 0;
  for (const size of cuts) {
    const start = performance.now();
    try {
      while (count < size) {
        const some = Math.min(BLOCK, size - count);
        const data = block.subarray(0, some * d);
        reader ??= rows.draw(unit.seed, unit.sizes);
        await reader.next(data, some);
        if (size <= d) kept.set(data, count * d);
        await scatter?.add(data, some);
        count += some;
      }
    } catch (error) {
      // Without its rows neither this draw nor a larger one can be had.
      for (const lost of unit.wanted.filter((other) => other >= size)) {
        yield failed(unit.seed, lost, error, start);
      }
      return;
    }
    if (!unit.wanted.includes(size)) continue;
    yield attempt(
      unit.seed,
      size,
      () =>
        size <= d
          ? distanceOfKept(kept.subarray(0, size * d), size)
          : distanceOfMoments(geometry, scatter!.moments(covariance), algebra),
      start,
    );
  }

  function distanceOfKept(data: Float64Array, size: number): Promise<FrechetTerms> {
    const z = { data, rows: size, columns: d };
    return distanceOfRows(geometry, z, columnMeans(z), algebra);
  }
}
