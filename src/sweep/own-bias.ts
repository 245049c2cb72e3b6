import { drawnBlocks } from '../draws/drawn-blocks.ts';
import { openRows } from '../draws/open-rows.ts';
import type { Sampling } from '../draws/spec.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { Scatter } from '../linalg/scatter.ts';
import { spectralDistance } from '../metrics/frechet.ts';
import type { Estimand } from '../tables/estimand.ts';
import { aboutBias } from '../tables/fid-caption.ts';
import { distanceBias } from '../theory/distance-bias.ts';
import type { InverseFit } from './fit.ts';
import type { SweepInputs } from './inputs.ts';

/** Digits kept: the constant is of first order, and its last bits are those of the machine. */
const DIGITS = 3;

/** The bias constant C of a sweep's draws, and where it is known from. */
export interface OwnConstant {
  readonly value: number;
  readonly basis: 'slope of the line' | 'for Gaussian features';
  /** C_ref of the bias C_ref/M that the reference adds, and M; null where M is not known or infinite. */
  readonly reference: { readonly value: number; readonly size: number } | null;
  /** Whether it is from no more images than features: then bias is more than it says. */
  readonly isLeast: boolean;
}

/**
 * C of bias C/N: the slope of the line where there is one; else that of Gaussian features, from the
 * spectrum of one more draw, as `study fid` gives it. The spectrum of no more images than features, on
 * either side, lacks whole directions, and the bias of so few has more than its first order: it is the
 * least there is.
 *
 * @param size of that draw
 * @returns null where the draw cannot be had
 */
export async function ownConstant(
  fit: InverseFit | null,
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
    const reader = opened.draw(seed, [size]);
    for await (const { data, count } of drawnBlocks(reader, size, dimension)) {
      await scatter.add(data, count);
    }
    const distance = await spectralDistance(source.geometry, scatter.moments(), algebra);
    const rows = { generated: size, reference: referenceSize };
    const { constantGenerated, constantReference } = distanceBias(distance, rows);
    const [value, other] = [constantGenerated, constantReference].map((constant) =>
      Number(constant.toPrecision(DIGITS)),
    ) as [number, number];
    return {
      ...{ value, basis: 'for Gaussian features', reference: ofReference(other) },
      isLeast: Math.min(size, referenceSize ?? size) <= dimension,
    };
  } catch {
    // Moments drawn directly have no rows; whatever else it was, the draws themselves have met it.
    return null;
  } finally {
    await opened.close();
  }
}

/** An estimand that is the FID of a size, with the bias that it has itself, the reference's included. */
export function withOwnBias(estimand: Estimand, constant: OwnConstant | null): Estimand {
  const { size, description } = estimand;
  if (size === undefined) return estimand;
  if (constant === null) return { ...estimand, bias: null };
  const { value, basis, reference, isLeast } = constant;
  const bias = value / size + (reference ? reference.value / reference.size : 0);
  const about = isLeast ? 'at least about' : 'about';
  return {
    ...{ ...estimand, bias, isLeastBias: isLeast },
    description: `${description}, ${about} ${aboutBias(bias)} (C/N${reference ? ' + C/M' : ''}, ${basis})`,
  };
}
