import { distanceOfExactMoments } from '../../draws/exact-moments.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { resolveSurrogate } from '../../surrogates/load.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import { gaussianBiasConstant } from '../../theory/gaussian-moments.ts';
import { isotropicBias } from '../../theory/marchenko-pastur.ts';
import { mean, variance } from '../../theory/statistics.ts';

/** Bias of FID of a distribution against itself at one number of samples. */
export interface CurvePoint {
  /** `power-law` of the built-in surrogate's exponent, or `isotropic`. */
  readonly spectrum: string;
  readonly dimension: number;
  readonly size: number;
  /** N/d */
  readonly ratio: number;
  readonly draws: number;
  readonly bias: number;
  readonly mcse: number;
  /** bias · N / C, with the first-order constant C: 1 for N ≫ d. */
  readonly scaled: number;
  readonly scaled_mcse: number;
  /** The same from theory (Marchenko–Pastur), for the isotropic spectrum; null for others. */
  readonly expected: number | null;
}

/** The distribution of a curve, its points, and the draws of each. */
export interface CurveSetting {
  readonly spectrum: 'power-law' | 'isotropic';
  readonly dimension: number;
  readonly ratios: readonly number[];
  readonly draws: number;
}

/** A distribution against itself: all of its FID is bias. */
export function selfSurrogate(
  { spectrum, dimension }: Pick<CurveSetting, 'spectrum' | 'dimension'>,
  exponent: number,
  algebra: LinearAlgebra,
): Promise<Surrogate> {
  const flat = spectrum === 'isotropic';
  const reference = { kind: 'power-law', exponent: flat ? 0 : exponent, trace: dimension } as const;
  const definition = {
    name: `${spectrum}-${dimension}`,
    description: '',
    dimension,
    reference,
    generated: { kind: 'same' } as const,
    published: [],
  };
  return resolveSurrogate(definition, '.', algebra);
}

/** One point: `draws` seeded draws of moments. */
export async function curvePoint(
  setting: CurveSetting,
  surrogate: Surrogate,
  ratio: number,
  algebra: LinearAlgebra,
): Promise<CurvePoint> {
  const { spectrum, dimension, draws } = setting;
  const size = Math.round(ratio * dimension);
  const { geometry } = surrogate.source;
  const distances: number[] = [];
  for (let draw = 1; draw <= draws; draw++) {
    const key = ['cause', spectrum, dimension, size, draw];
    distances.push((await distanceOfExactMoments(geometry, size, key, algebra)).distance);
  }
  const constant = gaussianBiasConstant(surrogate.population.traceGenerated, surrogate.roots);
  const bias = mean(distances);
  const mcse = Math.sqrt((variance(distances) ?? 0) / draws);
  const scale = size / constant;
  return {
    spectrum,
    dimension,
    size,
    ratio: size / dimension,
    draws,
    bias,
    mcse,
    scaled: bias * scale,
    scaled_mcse: mcse * scale,
    expected: spectrum === 'isotropic' ? isotropicBias(dimension, size) / constant : null,
  };
}

/**
 * The power of N with which the bias falls around each point, from its neighbours: 1 where the 1/N law
 * holds. It would jump at a critical point.
 *
 * @param points of one curve, by size
 * @returns null at both ends
 */
export function exponents(points: readonly CurvePoint[]): (number | null)[] {
  return points.map((_, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (!before || !after) return null;
    return -Math.log(after.bias / before.bias) / Math.log(after.size / before.size);
  });
}
