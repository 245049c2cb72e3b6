import type { Fit } from '../charts/inputs.ts';
import { addBlock, isBlock } from '../draws/block-moments.ts';
import { drawnBlocks } from '../draws/drawn-blocks.ts';
import { openRows } from '../draws/open-rows.ts';
import type { Sampling } from '../draws/spec.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { Scatter } from '../linalg/scatter.ts';
import { spectralDistance } from '../metrics/frechet.ts';
import type { Estimand } from '../tables/estimand.ts';
import { aboutBias } from '../tables/fid-caption.ts';
import { distanceBias } from '../theory/distance-bias.ts';
import type { SweepInputs } from './inputs.ts';

/** Digits kept: the constant is first-order, and its last bits depend on the machine. */
const DIGITS = 3;

/** The bias constant C of a sweep's draws, and its origin. */
export interface OwnConstant {
  readonly value: number;
  readonly basis: 'slope of the line' | 'for Gaussian features';
  /** C_ref of the bias C_ref/M that the reference adds, and M; null if M is unknown or infinite. */
  readonly reference: { readonly value: number; readonly size: number } | null;
  /** Whether it comes from no more images than features: then it is a lower bound. */
  readonly isLeast: boolean;
}

/**
 * C of bias C/N: the slope of the line if there is one; otherwise that of Gaussian features, from the
 * spectrum of one more draw, as `study fid` gives it. With no more images than features, on either
 * side, the spectrum lacks whole directions and the bias has more than its first order: C is then a
 * lower bound.
 *
 * @param size of that draw
 * @returns null if the draw fails
 */
export async function ownConstant(
  fit: Fit | null,
  { source, referenceSize }: Pick<SweepInputs, 'source' | 'referenceSize'>,
  sampling: Sampling,
  { seed, size }: { readonly seed: number; readonly size: number },
  algebra: LinearAlgebra,
): Promise<OwnConstant | null> {
  const ofReference = (value: number) =>
    referenceSize === null ? null : { value, size: referenceSize };
  if (fit) {
    const reference = ofReference(fit.slope);
    return { value: fit.slope, basis: 'slope of the line', reference, isLeast: false };
  }
  const opened = openRows(source.rows, sampling);
  try {
    const { dimension } = source.geometry;
    const scatter = new Scatter(dimension, algebra.gemm, 'double');
    const key = isBlock(size, dimension) && opened.blockKey?.(seed, [size], 0, size);
    if (key) await addBlock(scatter, size, key);
    else {
      const reader = opened.draw(seed, [size]);
      for await (const { data, count } of drawnBlocks(reader, size, dimension)) {
        await scatter.add(data, count);
      }
    }
    const distance = await spectralDistance(source.geometry, await scatter.moments(), algebra);
    const rows = { generated: size, reference: referenceSize };
    const { constantGenerated, constantReference } = distanceBias(distance, rows);
    const [value, other] = [constantGenerated, constantReference].map((constant) =>
      Number(constant.toPrecision(DIGITS)),
    ) as [number, number];
    return {
      value,
      basis: 'for Gaussian features',
      reference: ofReference(other),
      isLeast: Math.min(size, referenceSize ?? size) <= dimension,
    };
  } catch {
    // Directly drawn moments have no rows; any other error has already failed the draws.
    return null;
  } finally {
    await opened.close();
  }
}

/** Adds to an estimand that is the FID of a size its own bias, the reference's included. */
export function withOwnBias(estimand: Estimand, constant: OwnConstant | null): Estimand {
  const { size, description } = estimand;
  if (size === undefined) return estimand;
  if (constant === null) return { ...estimand, bias: null };
  const { value, basis, reference, isLeast } = constant;
  const bias = value / size + (reference ? reference.value / reference.size : 0);
  const about = isLeast ? 'by at least about' : 'by about';
  return {
    ...estimand,
    bias,
    isLeastBias: isLeast,
    description: `${description} ${about} ${aboutBias(bias)} (C/N${reference ? ' + C/M' : ''}, ${basis})`,
  };
}
