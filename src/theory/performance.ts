import { chiSquareQuantile } from './chi-square.ts';
import { type Measured, mean, variance } from './statistics.ts';
import { studentTQuantile } from './student-t.ts';

/** A measure with its Monte-Carlo standard error and 95 % interval; null where one draw has none. */
export interface MeasuredInterval extends Measured {
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A measure that a single draw has too. */
export interface KnownInterval extends MeasuredInterval {
  readonly value: number;
}

export interface Performance {
  readonly mean: KnownInterval;
  readonly bias: KnownInterval;
  readonly variance: MeasuredInterval;
  readonly empirical_se: MeasuredInterval;
  readonly mse: KnownInterval;
  readonly rmse: KnownInterval;
}

type Limits = readonly [lower: number, upper: number];

/**
 * Performance measures of K estimates of θ with their Monte-Carlo standard errors, after Morris,
 * White & Crowther 2019 (doi 10.1002/sim.8086), table 6, and 95 % intervals that hold for few draws:
 * Student's t for the mean and the bias, χ² for the variance and its root, both together for the MSE
 * and its root. K = 1 has a bias but no errors.
 */
export function performance(estimates: readonly number[], theta: number): Performance {
  const k = estimates.length;
  const centre = mean(estimates);
  const bias = centre - theta;
  const squares = estimates.map((value) => (value - theta) ** 2);
  const mse = mean(squares);
  const s2 = variance(estimates);
  if (s2 === null) {
    const unknown = { value: null, mcse: null, lower: null, upper: null };
    return {
      mean: { ...unknown, value: centre },
      bias: { ...unknown, value: bias },
      variance: unknown,
      empirical_se: unknown,
      mse: { ...unknown, value: mse },
      rmse: { ...unknown, value: Math.sqrt(mse) },
    };
  }
  const se = Math.sqrt(s2 / k);
  const half = studentTQuantile(0.975, k - 1) * se;
  const degrees = varianceDegrees(estimates, s2);
  const ofVariance: Limits = [
    (s2 * degrees) / chiSquareQuantile(0.975, degrees),
    (s2 * degrees) / chiSquareQuantile(0.025, degrees),
  ];
  const ofMse = mseLimits({ k, mse, bias, half, s2 }, ofVariance);
  const mseError = Math.sqrt((variance(squares) ?? 0) / k);
  const rmse = Math.sqrt(mse);
  return {
    mean: { value: centre, mcse: se, lower: centre - half, upper: centre + half },
    bias: { value: bias, mcse: se, lower: bias - half, upper: bias + half },
    variance: measured(s2, s2 * Math.sqrt(2 / degrees), ofVariance),
    empirical_se: measured(Math.sqrt(s2), Math.sqrt(s2 / (2 * (k - 1))), roots(ofVariance)),
    mse: measured(mse, mseError, ofMse),
    // By the delta method: d√x = dx / (2√x).
    rmse: measured(rmse, mse === 0 ? null : mseError / (2 * rmse), roots(ofMse)),
  };
}

function measured(value: number, mcse: number | null, [lower, upper]: Limits): KnownInterval {
  return { value, mcse, lower, upper };
}

function roots([lower, upper]: Limits): Limits {
  return [Math.sqrt(lower), Math.sqrt(upper)];
}

/**
 * Degrees of freedom of a sample variance: K − 1 for normal draws, fewer for heavier tails, since
 * Var s² = σ⁴ (2 + γ (K − 1)/K) / (K − 1) with the excess kurtosis γ. Its unbiased estimate G₂
 * (Joanes & Gill 1998) needs four draws; lighter tails than the normal's are not counted on.
 */
function varianceDegrees(values: readonly number[], s2: number): number {
  const k = values.length;
  if (k < 4 || s2 === 0) return k - 1;
  const centre = mean(values);
  const second = mean(values.map((value) => (value - centre) ** 2));
  const fourth = mean(values.map((value) => (value - centre) ** 2 * (value - centre) ** 2));
  const excess = ((k - 1) / ((k - 2) * (k - 3))) * ((k + 1) * (fourth / second ** 2 - 3) + 6);
  return Math.max(1, (k - 1) / (1 + (Math.max(0, excess) * (k - 1)) / (2 * k)));
}

/**
 * 95 % limits of MSE = b² + σ² from those of b and of σ², whose estimates are independent for normal
 * draws: by the method of variance estimates recovery (Zou & Donner 2008). If the draws may have no
 * bias, K MSE/σ² may be χ² with K degrees of freedom, and the lower limit allows for that.
 *
 * @param half of the width of the bias's interval
 */
function mseLimits(
  { k, mse, bias, half, s2 }: Readonly<Record<'k' | 'mse' | 'bias' | 'half' | 's2', number>>,
  [lower, upper]: Limits,
): Limits {
  const square = bias ** 2;
  const least = Math.max(0, Math.abs(bias) - half) ** 2;
  const most = (Math.abs(bias) + half) ** 2;
  const low = Math.max(0, square + s2 - Math.hypot(square - least, s2 - lower));
  const high = square + s2 + Math.hypot(most - square, upper - s2);
  return [least > 0 ? low : Math.min(low, (k * mse) / chiSquareQuantile(0.975, k)), high];
}
