import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { FeatureRows } from '../../metrics/features.ts';
import { type Reference, referenceOfStatistics } from '../../metrics/reference.ts';
import { normalSource } from '../../random/normals.ts';
import { stream } from '../../random/stream.ts';
import { discrepancy, powerLaw } from '../../surrogates/spectrum.ts';

/** Spectra and tails of the surrogates, by name. */
export const mechanismNames = [
  'isotropic',
  'power-law-0.8',
  'power-law-1.25',
  'power-law-1.6',
  'spiked',
  'student-t',
  'relu',
] as const;
export type MechanismName = (typeof mechanismNames)[number];

/** A distribution of features whose FID to its reference is known exactly. */
export interface Mechanism {
  readonly name: MechanismName;
  /** Whether the generated distribution is the reference's own: FID 0. */
  readonly same: boolean;
  readonly reference: Reference;
  /** FID between the populations. */
  readonly truth: number;
  /** Rows of one draw, the same for the same key. */
  draw(rows: number, key: readonly (string | number)[]): FeatureRows;
}

/** FID of the surrogates that differ from their reference, as a share of its trace: about CFM's on CIFAR-10. */
const DISTANCE = 0.013;
/** Degrees of freedom of the multivariate t: its fourth moments are 1.5 times the Gaussian ones. */
const DEGREES = 8;
/** Variance of max(0, g) over that of g, and its mean over g's standard deviation. */
const RELU_VARIANCE = 0.5 - 1 / (2 * Math.PI);
const RELU_MEAN = 1 / Math.sqrt(2 * Math.PI);

/**
 * A surrogate in `dimension` coordinates with trace `dimension`. Its coordinates are uncorrelated,
 * without loss of generality: FID and its estimators do not change under rotations.
 *
 * `student-t` is multivariate, one scale for all coordinates of a row, with the spectrum of
 * `power-law-1.25`; `relu` is max(0, g) of Gaussian coordinates g with that spectrum, skew and with
 * heavy tails as real features are.
 */
export function mechanism(
  name: MechanismName,
  same: boolean,
  dimension: number,
  algebra: LinearAlgebra,
): Mechanism {
  const q = spectrum(name, dimension);
  const share = same ? 0 : (DISTANCE / 2) * dimension;
  const { variances, offset } = discrepancy(q, share, share, 1);
  const covariance = new Float64Array(dimension * dimension);
  for (const [i, value] of q.entries()) covariance[i * dimension + i] = value;
  const mean = new Float64Array(dimension);
  return {
    name,
    same,
    reference: referenceOfStatistics({ mean, covariance }, algebra),
    truth: 2 * share,
    draw: (rows, key) => drawnRows(name, variances.map(Math.sqrt), offset, rows, key),
  };
}

function spectrum(name: MechanismName, dimension: number): Float64Array {
  switch (name) {
    case 'isotropic':
      return powerLaw(dimension, 0, dimension);
    case 'power-law-0.8':
      return powerLaw(dimension, 0.8, dimension);
    case 'power-law-1.6':
      return powerLaw(dimension, 1.6, dimension);
    case 'power-law-1.25':
    case 'student-t':
    case 'relu':
      return powerLaw(dimension, 1.25, dimension);
    case 'spiked': {
      // One coordinate in 64 has half of the variance.
      const spikes = Math.ceil(dimension / 64);
      const [high, low] = [dimension / 2 / spikes, dimension / 2 / (dimension - spikes)];
      return Float64Array.from({ length: dimension }, (_, i) => (i < spikes ? high : low));
    }
  }
}

/** Rows that are drawn as they are read, in order; reading row 0 starts over. */
function drawnRows(
  name: MechanismName,
  deviations: Float64Array,
  offset: Float64Array,
  rows: number,
  key: readonly (string | number)[],
): FeatureRows {
  const dimension = deviations.length;
  let next = 0;
  let normals = normalSource(stream(...key));
  return {
    rows,
    dimension,
    readBlock(start, count, out) {
      if (start === 0) normals = normalSource(stream(...key));
      else if (start !== next) throw new Error(`row ${start} of a draw, read after ${next}`);
      next = start + count;
      for (let row = 0, k = 0; row < count; row++) {
        const z = normals.block(dimension + (name === 'student-t' ? DEGREES : 0));
        let scale = 1;
        if (name === 'student-t') {
          let chi = 0;
          for (let j = dimension; j < z.length; j++) chi += z[j]! ** 2;
          scale = Math.sqrt((DEGREES - 2) / chi);
        }
        for (let j = 0; j < dimension; j++, k++) {
          const value = name === 'relu' ? rectified(z[j]!) : z[j]! * scale;
          out[k] = value * deviations[j]! + offset[j]!;
        }
      }
    },
  };
}

/** max(0, g) of a standard normal, at mean 0 and variance 1. */
function rectified(g: number): number {
  return (Math.max(0, g) - RELU_MEAN) / Math.sqrt(RELU_VARIANCE);
}
