import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { FeatureRows } from '../../metrics/features.ts';
import { type Reference, referenceOfStatistics } from '../../metrics/reference.ts';
import { normalSource } from '../../random/normals.ts';
import { stream } from '../../random/stream.ts';
import { discrepancy, powerLaw } from '../../surrogates/spectrum.ts';
import {
  GAUSSIAN,
  LOG_NORMAL,
  MIXTURE_NORMALS,
  RELU,
  rectifiedMixture,
  studentT,
  type Tails,
} from './tails.ts';

/** A distribution of features whose FID to its reference is known exactly. */
export interface Mechanism {
  readonly name: MechanismName;
  /** Whether the generated distribution is the reference's own, tails aside: FID 0. */
  readonly same: boolean;
  /** Its exact moments. */
  readonly reference: Reference;
  /** FID between the populations. */
  readonly truth: number;
  /** Rows of one draw, the same for the same key. */
  draw(rows: number, key: readonly (string | number)[]): FeatureRows;
  /** The same of the reference's distribution. */
  drawReference(rows: number, key: readonly (string | number)[]): FeatureRows;
}

/** What a surrogate is. By default Gaussian, of coordinates that are uncorrelated. */
interface Design {
  readonly spectrum: (dimension: number) => Float64Array;
  readonly reference?: Tails;
  readonly generated?: Tails;
  /** How coordinates are correlated. */
  readonly correlated?: 'mixture' | 'pairs';
  /** One generated row that is no draw of the population, so many times as far out. */
  readonly outlier?: number;
}

const law = (exponent: number) => (dimension: number) => powerLaw(dimension, exponent, dimension);
/** Of the spectrum of real features. */
const both = (tails: Tails): Design => ({
  spectrum: law(1.25),
  reference: tails,
  generated: tails,
});

/**
 * Spectra and tails of the surrogates, by name: those that estimators were made on, and from
 * `student-t-5` on those that are to break them.
 */
const DESIGNS = {
  isotropic: { spectrum: law(0) },
  'power-law-0.8': { spectrum: law(0.8) },
  'power-law-1.25': { spectrum: law(1.25) },
  'power-law-1.6': { spectrum: law(1.6) },
  spiked: { spectrum: spikes },
  'student-t': both(studentT(8)),
  relu: both(RELU),
  'student-t-5': both(studentT(5)),
  'student-t-4': both(studentT(4)),
  't-reference': { spectrum: law(1.25), reference: studentT(8) },
  't-generated': { spectrum: law(1.25), generated: studentT(8) },
  'log-normal': both(LOG_NORMAL),
  mixture: { spectrum: law(1.25), correlated: 'mixture' },
  rotated: { spectrum: law(1.25), correlated: 'pairs' },
  'low-rank': { spectrum: lowRank },
  outlier: { spectrum: law(1.25), outlier: 25 },
} as const satisfies Readonly<Record<string, Design>>;

export type MechanismName = keyof typeof DESIGNS;
export const mechanismNames = Object.keys(DESIGNS) as [MechanismName, ...MechanismName[]];

/** FID of the surrogates that differ from their reference, as a share of its trace: about CFM's on CIFAR-10. */
const DISTANCE = 0.013;

/**
 * A surrogate in `dimension` coordinates with trace `dimension`. FID and its estimators do not change
 * under rotations: most have uncorrelated coordinates. With D = diag(√(p_i/q_ii)) the generated
 * covariance is P = D Q D, and FID's trace term Σ q_ii (1 − D_ii)², whatever the correlations.
 */
export async function mechanism(
  name: MechanismName,
  same: boolean,
  dimension: number,
  algebra: LinearAlgebra,
): Promise<Mechanism> {
  const design: Design = DESIGNS[name];
  const { covariance, ...rows } = population(design, dimension);
  const variances = Float64Array.from(
    { length: dimension },
    (_, i) => covariance[i * (dimension + 1)]!,
  );
  const share = same ? 0 : (DISTANCE / 2) * dimension;
  const changed = discrepancy(variances, share, share, 1);
  const mean = new Float64Array(dimension);
  const reference: RowDesign = {
    ...rows,
    tails: rows.tails ?? design.reference ?? GAUSSIAN,
    scale: new Float64Array(dimension).fill(1),
    offset: mean,
    outlier: 1,
  };
  const generated: RowDesign = {
    ...rows,
    tails: rows.tails ?? design.generated ?? GAUSSIAN,
    scale: changed.variances.map((p, i) => Math.sqrt(p / variances[i]!)),
    offset: changed.offset,
    outlier: design.outlier ?? 1,
  };
  return {
    name,
    same,
    reference: await referenceOfStatistics({ mean, covariance }, algebra),
    truth: 2 * share,
    draw: (count, key) => drawnRows(generated, count, key),
    drawReference: (count, key) => drawnRows(reference, count, key),
  };
}

/** What both sides have in common, and its covariance. */
interface Population {
  readonly covariance: Float64Array;
  /** Standard deviations of the coordinates before they are mixed. */
  readonly deviations: Float64Array;
  /** Whether coordinates i and d − 1 − i are turned by 45°. */
  readonly isPaired: boolean;
  /** Where correlations come with them. */
  readonly tails: Tails | null;
}

function population({ spectrum, correlated }: Design, dimension: number): Population {
  const q = spectrum(dimension);
  const deviations = q.map(Math.sqrt);
  const covariance = new Float64Array(dimension * dimension);
  for (const [i, value] of q.entries()) covariance[i * (dimension + 1)] = value;
  if (correlated === 'mixture') {
    const normals = normalSource(stream('bake-off', 'mixture', dimension));
    const tails = rectifiedMixture(
      dimension,
      normals.fill(new Float64Array(MIXTURE_NORMALS * dimension)),
    );
    for (let i = 0, k = 0; i < dimension; i++) {
      for (let j = 0; j < dimension; j++, k++) {
        covariance[k] = deviations[i]! * deviations[j]! * tails.correlations[k]!;
      }
    }
    return { covariance, deviations, isPaired: false, tails };
  }
  if (correlated === 'pairs') {
    for (let i = 0, j = dimension - 1; i < j; i++, j--) {
      covariance[i * (dimension + 1)] = covariance[j * (dimension + 1)] = (q[i]! + q[j]!) / 2;
      covariance[i * dimension + j] = covariance[j * dimension + i] = (q[i]! - q[j]!) / 2;
    }
  }
  return { covariance, deviations, isPaired: correlated === 'pairs', tails: null };
}

/** One coordinate in 64 has half of the variance. */
function spikes(dimension: number): Float64Array {
  const count = Math.ceil(dimension / 64);
  const [high, low] = [dimension / 2 / count, dimension / 2 / (dimension - count)];
  return Float64Array.from({ length: dimension }, (_, i) => (i < count ? high : low));
}

/** An eighth of the coordinates has all variance but for 3 %, which is noise on the others. */
function lowRank(dimension: number): Float64Array {
  const rank = Math.ceil(dimension / 8);
  const signal = powerLaw(rank, 0.8, 0.97 * dimension);
  const noise = (0.03 * dimension) / (dimension - rank);
  return Float64Array.from({ length: dimension }, (_, i) => signal[i] ?? noise);
}

/** How the rows of one side are made. */
interface RowDesign extends Omit<Population, 'covariance'> {
  readonly tails: Tails;
  /** D, and μ − m */
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  /** How many times as far out one row is; 1 for none. */
  readonly outlier: number;
}

/** Rows that are drawn as they are read: quickest in their order, as often as is wanted. */
function drawnRows(
  { tails, deviations, isPaired, scale, offset, outlier }: RowDesign,
  rows: number,
  key: readonly (string | number)[],
): FeatureRows {
  const dimension = deviations.length;
  const width = dimension + tails.extra;
  const odd = Math.floor(rows / 3);
  let next = 0;
  let normals = normalSource(stream(...key));
  return {
    rows,
    dimension,
    readBlock(start, count, out) {
      if (start < next || start === 0) {
        normals = normalSource(stream(...key));
        next = 0;
      }
      for (; next < start; next++) normals.block(width);
      for (let k = 0; next < start + count; next++) {
        const z = normals.block(width);
        tails.shape(z, dimension);
        const far = next === odd ? outlier : 1;
        for (let j = 0; j < dimension; j++) z[j]! *= deviations[j]! * far;
        if (isPaired) turnPairs(z, dimension);
        for (let j = 0; j < dimension; j++, k++) out[k] = z[j]! * scale[j]! + offset[j]!;
      }
    },
  };
}

function turnPairs(z: Float64Array, dimension: number): void {
  for (let i = 0, j = dimension - 1; i < j; i++, j--) {
    const [a, b] = [z[i]!, z[j]!];
    z[i] = (a + b) * Math.SQRT1_2;
    z[j] = (a - b) * Math.SQRT1_2;
  }
}
