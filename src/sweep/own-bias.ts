import { distanceBias } from '../estimators/distance-bias.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { type SampleMoments, Scatter } from '../linalg/scatter.ts';
import { spectralDistance } from '../metrics/frechet.ts';
import type { Sampling } from '../sources/draw-source.ts';
import { openRows } from '../sources/open-rows.ts';
import type { Estimand } from '../tables/estimand.ts';
import { aboutBias } from '../tables/fid-caption.ts';
import type { InverseFit } from './fit.ts';
import type { SweepInputs } from './inputs.ts';

const BLOCK = 1024;
/** Digits kept: the constant is of first order, and its last bits are those of the machine. */
const DIGITS = 3;

/** The bias constant C of a sweep's draws, and where it is known from. */
export interface OwnConstant {
  readonly value: number;
  readonly basis: 'slope of the line' | 'for Gaussian features';
}

/**
 * C of bias C/N: the slope of the line where there is one; else that of Gaussian features, from the
 * spectrum of one more draw, as `study fid` gives it.
 *
 * @param size of that draw
 * @returns null where the draw cannot be had
 */
export async function ownConstant(
  fit: InverseFit | null,
  { source, pool }: Pick<SweepInputs, 'source' | 'pool'>,
  sampling: Sampling,
  { seed, size }: { readonly seed: number; readonly size: number },
  algebra: LinearAlgebra,
): Promise<OwnConstant | null> {
  if (fit) return { value: fit.slope, basis: 'slope of the line' };
  const opened = openRows(source.rows, sampling);
  try {
    let moments: SampleMoments;
    if (opened.total && size === pool) {
      moments = opened.total;
    } else {
      const d = source.geometry.dimension;
      const reader = opened.draw(seed, [size]);
      const scatter = new Scatter(d, algebra.gemm, 'double');
      const block = new Float64Array(Math.min(BLOCK, size) * d);
      for (let start = 0; start < size; start += BLOCK) {
        const count = Math.min(BLOCK, size - start);
        await reader.next(block, count);
        await scatter.add(block, count);
      }
      moments = scatter.moments();
    }
    const distance = await spectralDistance(source.geometry, moments, algebra);
    const { constantGenerated } = distanceBias(distance, { generated: size, reference: null });
    const value = Number(constantGenerated.toPrecision(DIGITS));
    return { value, basis: 'for Gaussian features' };
  } catch {
    // Moments drawn directly have no rows; whatever else it was, the draws themselves have met it.
    return null;
  } finally {
    await opened.close();
  }
}

/** An estimand that is the FID of a size, with the bias that it has itself. */
export function withOwnBias(estimand: Estimand, constant: OwnConstant | null): Estimand {
  const { size, description } = estimand;
  if (size === undefined) return estimand;
  if (constant === null) return { ...estimand, bias: null };
  const bias = constant.value / size;
  return {
    ...estimand,
    bias,
    description: `${description}, about ${aboutBias(bias)} (C/N, ${constant.basis})`,
  };
}
