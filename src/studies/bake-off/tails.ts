import { exp } from '../../kernels/elementary.ts';
import { normalTail } from '../../theory/normal.ts';

/** How standard normals become a row's coordinates, uncorrelated, of mean 0 and variance 1. */
export interface Tails {
  /** Normals that a row takes beyond its coordinates. */
  readonly extra: number;
  /** @param z normals of one row, its coordinates first; shaped where they lie */
  shape(z: Float64Array, dimension: number): void;
}

export const GAUSSIAN: Tails = { extra: 0, shape() {} };

/** Multivariate t: one scale for all coordinates of a row. */
export function studentT(degrees: number): Tails {
  return {
    extra: degrees,
    shape(z, dimension) {
      let chi = 0;
      for (let j = dimension; j < z.length; j++) chi += z[j]! ** 2;
      const scale = Math.sqrt((degrees - 2) / chi);
      for (let j = 0; j < dimension; j++) z[j]! *= scale;
    },
  };
}

/** Variance of max(0, g) over that of g, and its mean over g's standard deviation. */
const RELU_VARIANCE = 0.5 - 1 / (2 * Math.PI);
const RELU_MEAN = 1 / Math.sqrt(2 * Math.PI);

/** max(0, g): skew and with heavier tails, coordinate by coordinate. */
export const RELU: Tails = {
  extra: 0,
  shape(z, dimension) {
    for (let j = 0; j < dimension; j++) {
      z[j] = (Math.max(0, z[j]!) - RELU_MEAN) / Math.sqrt(RELU_VARIANCE);
    }
  },
};

/** Of ln x: its kurtosis is then 13. */
const SIGMA = 0.6;
const GROWTH = exp(SIGMA ** 2);

/** Log-normal coordinates. */
export const LOG_NORMAL: Tails = {
  extra: 0,
  shape(z, dimension) {
    const scale = Math.sqrt(GROWTH * (GROWTH - 1));
    for (let j = 0; j < dimension; j++) z[j] = (exp(SIGMA * z[j]!) - Math.sqrt(GROWTH)) / scale;
  },
};

/** Tails with the correlations that come with them. */
export interface Mixture extends Tails {
  /** [d, d], with a diagonal of 1 */
  readonly correlations: Float64Array;
}

/**
 * Ten Gaussians of centres and scales of their own, rectified: a row's class is drawn with it, and
 * coordinates are correlated through it.
 *
 * @param normals 2 × 10 × d of them, which centres and scales are made from
 */
export function rectifiedMixture(dimension: number, normals: Float64Array): Mixture {
  const at = (k: number, j: number) => k * dimension + j;
  const centre = normals.subarray(0, CLASSES * dimension);
  const scale = normals.subarray(CLASSES * dimension).map((g) => exp(g / 2));
  const means = new Float64Array(CLASSES * dimension);
  const [mean, variance] = [new Float64Array(dimension), new Float64Array(dimension)];
  for (let k = 0; k < CLASSES; k++) {
    for (let j = 0; j < dimension; j++) {
      const { first, second } = rectifiedMoments(centre[at(k, j)]!, scale[at(k, j)]!);
      means[at(k, j)] = first;
      mean[j]! += first / CLASSES;
      variance[j]! += second / CLASSES;
    }
  }
  for (let j = 0; j < dimension; j++) variance[j]! -= mean[j]! ** 2;
  const correlations = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < dimension; j++) {
      let product = 0;
      for (let k = 0; k < CLASSES; k++) product += means[at(k, i)]! * means[at(k, j)]!;
      const covariance = i === j ? variance[i]! : product / CLASSES - mean[i]! * mean[j]!;
      correlations[i * dimension + j] = covariance / Math.sqrt(variance[i]! * variance[j]!);
    }
  }
  return {
    extra: 1,
    correlations,
    shape(z) {
      const share = 1 - normalTail(z[dimension]!);
      const k = Math.min(CLASSES - 1, Math.floor(CLASSES * share));
      for (let j = 0; j < dimension; j++) {
        const value = Math.max(0, centre[at(k, j)]! + scale[at(k, j)]! * z[j]!);
        z[j] = (value - mean[j]!) / Math.sqrt(variance[j]!);
      }
    },
  };
}

const CLASSES = 10;
export const MIXTURE_NORMALS = 2 * CLASSES;

/** E max(0, x) and E max(0, x)² of x ~ N(centre, scale²). */
function rectifiedMoments(centre: number, scale: number): { first: number; second: number } {
  const ratio = centre / scale;
  const above = 1 - normalTail(ratio);
  const density = exp((-ratio * ratio) / 2) / Math.sqrt(2 * Math.PI);
  const first = centre * above + scale * density;
  return { first, second: (centre ** 2 + scale ** 2) * above + centre * scale * density };
}
