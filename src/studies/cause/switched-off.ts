import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { distanceOfMoments, type Geometry } from '../../metrics/frechet.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import { whiteMoments } from './moments.ts';
import { singlePrecisionDistance } from './single-precision.ts';

/** One draw's FID with parts of its error switched off. */
export interface Switched {
  /** Nothing switched off. */
  readonly plug_in: number;
  /** With the population's mean instead of the sample's. */
  readonly known_mean: number;
  /** With the population's covariance instead of the sample's. */
  readonly known_covariance: number;
  /** Nothing switched off, in single precision. */
  readonly float32: number;
  /** FIDs of the leading coordinates alone, by their number. */
  readonly projected: Readonly<Record<number, number>>;
}

/**
 * FID of one draw in every way, from the same moments.
 *
 * @param size more than the dimension
 * @param dimensions leading coordinates to project on; the surrogate's are in order of variance
 */
export async function switchedOff(
  surrogate: Surrogate,
  size: number,
  key: readonly (string | number)[],
  dimensions: readonly number[],
  algebra: LinearAlgebra,
): Promise<Switched> {
  const { source, population } = surrogate;
  const { geometry } = source;
  const moments = await whiteMoments(geometry.dimension, size, key, algebra);
  const { distance, meanTerm } = await distanceOfMoments(geometry, moments, algebra);
  const projected: Record<number, number> = {};
  for (const d of dimensions) {
    const part = leading(geometry, d);
    const covariance = corner(moments.covariance.data, geometry.dimension, d);
    const mean = moments.mean.subarray(0, d);
    projected[d] = (await distanceOfMoments(part, { mean, covariance }, algebra)).distance;
  }
  return {
    plug_in: distance,
    known_mean: distance - meanTerm + population.meanTerm,
    known_covariance: population.distance - population.meanTerm + meanTerm,
    float32: await singlePrecisionDistance(surrogate, moments, algebra),
    projected,
  };
}

/** The first coordinates of a diagonal surrogate: a projection of both distributions. */
export function leading(geometry: Geometry, d: number): Geometry {
  const { map, whitened, offset } = geometry;
  if (map.kind !== 'diagonal' || whitened.kind !== 'diagonal') throw new Error('not diagonal');
  const first = (values: Float64Array) => ({
    kind: 'diagonal' as const,
    values: values.slice(0, d),
  });
  let traceReference = 0;
  for (let i = 0; i < d; i++) {
    // If P has no variance, the two maps do not determine the factor of Q.
    const deviation = map.values[i]!;
    traceReference += (whitened.values[i]! / deviation) ** 2;
  }
  return {
    dimension: d,
    offset: offset.slice(0, d),
    map: first(map.values),
    whitened: first(whitened.values),
    traceReference,
  };
}

function corner(data: Float64Array, n: number, d: number) {
  const part = new Float64Array(d * d);
  for (let i = 0; i < d; i++) part.set(data.subarray(i * n, i * n + d), i * d);
  return { data: part, rows: d, columns: d };
}
