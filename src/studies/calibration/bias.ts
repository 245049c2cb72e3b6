import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { type SampleMoments, Scatter } from '../../linalg/scatter.ts';
import { distanceOfMoments } from '../../metrics/frechet.ts';
import { chiSquare } from '../../random/chi-square.ts';
import { normalSource } from '../../random/normals.ts';
import { stream } from '../../random/stream.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import { mean, variance } from '../../theory/statistics.ts';

const BLOCK = 2048;

/** Moments of one seed's white draw at each size: any diagonal surrogate's draw is a scaling of it. */
export type WhiteDraw = ReadonlyMap<number, SampleMoments>;

/**
 * @param sizes ascending
 * @param tails degrees of freedom of a multivariate t of unit covariance, above 4; null is Gaussian
 */
export async function whiteDraw(
  dimension: number,
  sizes: readonly number[],
  key: readonly (string | number)[],
  { gemm }: LinearAlgebra,
  tails: number | null = null,
): Promise<WhiteDraw> {
  const normals = normalSource(stream(...key));
  const scale = tails === null ? null : rowScale(tails, key);
  const scatter = new Scatter(dimension, gemm);
  const block = new Float64Array(BLOCK * dimension);
  const draw = new Map<number, SampleMoments>();
  for (const size of sizes) {
    while (scatter.count < size) {
      const rows = Math.min(BLOCK, size - scatter.count);
      normals.fill(block.subarray(0, rows * dimension));
      if (scale) scaleRows(block, rows, scale);
      await scatter.add(block, rows);
    }
    draw.set(size, await scatter.moments());
  }
  return draw;
}

/** A row of a multivariate t is a normal row divided by one √(χ²_ν/(ν − 2)). */
function rowScale(degrees: number, key: readonly (string | number)[]): () => number {
  const uniforms = stream(...key, 'scale');
  const normals = normalSource(uniforms);
  return () => Math.sqrt((degrees - 2) / chiSquare(degrees, normals, uniforms));
}

function scaleRows(block: Float64Array, rows: number, scale: () => number): void {
  const d = block.length / BLOCK;
  for (let i = 0, k = 0; i < rows; i++) {
    const factor = scale();
    for (let j = 0; j < d; j++) block[k++]! *= factor;
  }
}

/**
 * Bias of the plug-in FID of a diagonal surrogate at one size, by simulation. The first-order part
 * of the error, 2 δᵀ(x̄ − μ) + tr[(I − T)(S − P)] with T = diag √(q/p), has mean zero and most of the
 * variance. It and |x̄ − μ|² − tr P/N serve as control variates, so that a few draws are enough.
 */
export async function simulatedBias(
  { source: { geometry }, population, roots }: Surrogate,
  draws: readonly WhiteDraw[],
  size: number,
  algebra: LinearAlgebra,
): Promise<{ value: number; se: number }> {
  if (geometry.map.kind !== 'diagonal') throw new Error('calibration is for diagonal surrogates');
  const deviations = geometry.map.values;
  const d = geometry.dimension;
  const errors: number[] = [];
  for (const draw of draws) {
    const moments = draw.get(size)!;
    const { distance } = await distanceOfMoments(geometry, moments, algebra);
    let control = -population.traceGenerated / size;
    for (const [i, deviation] of deviations.entries()) {
      const shift = deviation * moments.mean[i]!;
      const excess = moments.covariance.data[i * d + i]! - 1;
      control += shift * shift + 2 * geometry.offset[i]! * shift;
      // p_i (1 − √(q_i/p_i)) = p_i − √(q_i p_i)
      control += (deviation * deviation - roots[i]!) * excess;
    }
    errors.push(distance - population.distance - control);
  }
  return { value: mean(errors), se: Math.sqrt((variance(errors) ?? 0) / errors.length) };
}
