import { smallestOf } from '../arrays/extremes.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { withoutPart } from '../linalg/pooled-moments.ts';
import { type Precision, type SampleMoments, Scatter } from '../linalg/scatter.ts';
import { BLOCK } from '../metrics/features.ts';
import { distanceOfMoments, type Geometry } from '../metrics/frechet.ts';
import { attempt, type DrawOutcome, type DrawUnit, failed } from './outcome.ts';
import type { OpenRows, RowReader } from './spec.ts';

/**
 * Whether a draw is cheaper to compute as the pool minus the rows it leaves out. A single row left out
 * has no covariance to subtract.
 */
export function isBeyondHalf(size: number, dimension: number, pool: number | null): boolean {
  return pool !== null && size > dimension && 2 * size > pool && pool - size !== 1;
}

/**
 * Draws of more than half a pool, the largest first: the pool's moments minus those of the rows left
 * out, which nest in the opposite order. The whole pool needs no rows at all.
 *
 * @param unit with sizes of more than half of the pool only
 */
export async function* runComplements(
  unit: DrawUnit,
  geometry: Geometry,
  rows: OpenRows,
  total: SampleMoments,
  algebra: LinearAlgebra,
  precision: Precision,
): AsyncGenerator<DrawOutcome> {
  const d = geometry.dimension;
  const smallest = smallestOf(unit.wanted);
  const sizes = unit.sizes.filter((size) => size >= smallest).reverse();
  const left = total.count - smallest;
  const scatter = new Scatter(d, algebra.gemm, precision);
  const block = new Float64Array(Math.min(BLOCK, left) * d);
  let reader: RowReader | null = null;
  let covariance: Float64Array | undefined;
  for (const size of sizes) {
    const start = performance.now();
    try {
      while (scatter.count < total.count - size) {
        const some = Math.min(BLOCK, total.count - size - scatter.count);
        const data = block.subarray(0, some * d);
        reader ??= rows.leftOut!(unit.seed, unit.sizes);
        await reader.next(data, some);
        await scatter.add(data, some);
      }
    } catch (error) {
      for (const lost of unit.wanted.filter((other) => other <= size)) {
        yield failed(unit.seed, lost, error, start);
      }
      return;
    }
    if (!unit.wanted.includes(size)) continue;
    const distance = async () => {
      if (scatter.count === 0) return distanceOfMoments(geometry, total, algebra);
      covariance ??= new Float64Array(d * d);
      const moments = withoutPart(total, await scatter.moments(covariance), covariance);
      return distanceOfMoments(geometry, moments, algebra);
    };
    yield attempt(unit.seed, size, distance, start);
  }
}
