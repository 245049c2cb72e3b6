import type { Matrix } from '../../linalg/gemm.ts';
import type { Statistics } from '../../metrics/reference.ts';
import { type NormalSource, normalSource } from '../../random/normals.ts';
import { stream } from '../../random/stream.ts';
import { powerLaw } from '../../surrogates/spectrum.ts';

/** Images of K classes: Gaussian around a mean of their class, with one covariance for all. */
export interface Mixture {
  readonly classes: number;
  /** Mean 0, and the covariance of an image whose class is drawn at random. */
  readonly statistics: Statistics;
  /** Rows of the classes given. */
  rowsOf(classes: Uint32Array, normals: NormalSource): Matrix;
}

/** What a mixture is made of. */
export interface MixtureSettings {
  readonly dimension: number;
  /** Of the spectrum λ ∝ i^-exponent, within the classes and between them. */
  readonly exponent: number;
  readonly classes: number;
  /** Share of the variance that lies between the classes. */
  readonly between: number;
}

/** A mixture of trace d whose class means are normal draws, shifted and scaled to the share wanted. */
export function mixture(settings: MixtureSettings, key: readonly (string | number)[]): Mixture {
  const { dimension: d, exponent, classes, between } = settings;
  const spectrum = powerLaw(d, exponent, d);
  const means = classMeans(settings, spectrum, normalSource(stream(...key, 'means')));
  const deviations = spectrum.map((value) => Math.sqrt((1 - between) * value));
  const covariance = new Float64Array(d * d);
  for (let k = 0; k < classes; k++) {
    const mean = means.subarray(k * d, (k + 1) * d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) covariance[i * d + j]! += (mean[i]! * mean[j]!) / classes;
    }
  }
  for (const [i, deviation] of deviations.entries()) covariance[i * d + i]! += deviation ** 2;
  return {
    classes,
    statistics: { mean: new Float64Array(d), covariance },
    rowsOf(of, normals) {
      const data = normals.fill(new Float64Array(of.length * d));
      for (let row = 0, k = 0; row < of.length; row++) {
        const first = of[row]! * d;
        for (let j = 0; j < d; j++, k++) data[k] = data[k]! * deviations[j]! + means[first + j]!;
      }
      return { data, rows: of.length, columns: d };
    },
  };
}

/** [classes, d], of mean 0 and mean squared length `between` · d. */
function classMeans(
  { dimension: d, classes, between }: MixtureSettings,
  spectrum: Float64Array,
  normals: NormalSource,
): Float64Array {
  const means = normals.fill(new Float64Array(classes * d));
  let squares = 0;
  for (let j = 0; j < d; j++) {
    let sum = 0;
    for (let k = j; k < means.length; k += d) sum += means[k]!;
    for (let k = j; k < means.length; k += d) {
      means[k] = (means[k]! - sum / classes) * Math.sqrt(spectrum[j]!);
      squares += means[k]! ** 2;
    }
  }
  const scale = Math.sqrt((between * d * classes) / squares);
  return means.map((value) => value * scale);
}
