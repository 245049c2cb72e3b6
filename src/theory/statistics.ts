/** A value with its Monte-Carlo standard error; null where there are too few draws to have one. */
export interface Measured {
  readonly value: number | null;
  readonly mcse: number | null;
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Sample variance with divisor n − 1; null of fewer than two values (not 0). */
export function variance(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  return values.reduce((total, value) => total + (value - centre) ** 2, 0) / (values.length - 1);
}

/**
 * Performance measures of K estimates of θ with their Monte-Carlo standard errors, after Morris,
 * White & Crowther 2019 (doi 10.1002/sim.8086), table 6. K = 1 has a bias but no errors.
 */
export function performance(estimates: readonly number[], theta: number) {
  const k = estimates.length;
  const s2 = variance(estimates);
  const se = s2 === null ? null : Math.sqrt(s2 / k);
  const centre = mean(estimates);
  const squares = estimates.map((value) => (value - theta) ** 2);
  const mse = mean(squares);
  const mseError =
    k < 2
      ? null
      : Math.sqrt(squares.reduce((total, value) => total + (value - mse) ** 2, 0) / (k * (k - 1)));
  return {
    mean: { value: centre, mcse: se },
    bias: { value: centre - theta, mcse: se },
    variance: { value: s2, mcse: s2 === null ? null : varianceError(estimates, s2) },
    empirical_se: {
      value: s2 === null ? null : Math.sqrt(s2),
      mcse: s2 === null ? null : Math.sqrt(s2 / (2 * (k - 1))),
    },
    mse: { value: mse, mcse: mseError },
    // By the delta method: d√x = dx / (2√x).
    rmse: {
      value: Math.sqrt(mse),
      mcse: mseError === null || mse === 0 ? null : mseError / (2 * Math.sqrt(mse)),
    },
  } satisfies Record<string, Measured>;
}

/** s²·√((kurtosis − 1)/K) with the sample kurtosis (3 for a normal). */
function varianceError(values: readonly number[], s2: number): number {
  if (s2 === 0) return 0;
  const k = values.length;
  const centre = mean(values);
  const second = values.reduce((total, value) => total + (value - centre) ** 2, 0) / k;
  const fourth = values.reduce((total, value) => total + (value - centre) ** 4, 0) / k;
  return s2 * Math.sqrt(Math.max(0, fourth / second ** 2 - 1) / k);
}
