import { StudyError } from '../errors.ts';
import { power } from '../kernels/elementary.ts';

/** λ_i ∝ i^-exponent for i = 1 … dimension, scaled to the given trace. */
export function powerLaw(dimension: number, exponent: number, trace: number): Float64Array {
  const values = Float64Array.from({ length: dimension }, (_, i) => power(i + 1, -exponent));
  const scale = trace / sum(values);
  return values.map((value) => value * scale);
}

/** How a generated distribution differs from its reference, in the reference's eigenbasis. */
export interface Discrepancy {
  /** Variances p_i of the generated distribution. */
  readonly variances: Float64Array;
  /** μ − m, coordinate by coordinate. */
  readonly offset: Float64Array;
}

/**
 * Spreads a mean offset with |δ|² = meanTerm and a covariance mismatch with
 * Σ(√p_i − √q_i)² = covarianceTerm over the spectrum q: both are proportional to q_i^exponent.
 * The variances are alternately larger and smaller, so that the trace hardly changes.
 *
 * @throws StudyError if a variance would have to shrink below zero
 */
export function discrepancy(
  spectrum: Float64Array,
  meanTerm: number,
  covarianceTerm: number,
  exponent: number,
): Discrepancy {
  const share = spectrum.map((value) => (value > 0 ? power(value, exponent) : 0));
  const total = sum(share);
  const offset = share.map((value) => Math.sqrt((meanTerm * value) / total));
  const variances = spectrum.map((value, i) => {
    const change = Math.sqrt((covarianceTerm * share[i]!) / total);
    const deviation = Math.sqrt(value) + (i % 2 === 0 ? change : -change);
    if (deviation < 0) {
      throw new StudyError(
        `covariance term ${covarianceTerm} is too large for coordinate ${i} (variance ${value})`,
        'lower covariance_term or raise the exponent, so that large variances take more of it',
      );
    }
    return deviation * deviation;
  });
  return { variances, offset };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
