import { kernelPowers } from './second-order-kernel.ts';
import type { SharedResults } from './shared-results.ts';
import { studentTQuantile } from './student-t.ts';

/**
 * Upper limit, one-sided, of σ² of a generated set's `VarianceModel`: with so much chance it is below.
 *
 * σ² is the variance of rows' influences, less what the sample's own T has added to them. To second
 * order each influence has 2 h̄(x), the mean of h(x, y) over the rows of both sides, so that with
 * a = 1/N + 1/M and h = Σ κ_k e_k(x) e_k(y) the estimate of σ² has the variance
 *
 *   (kurtosis − 1) σ⁴/N + 16 a Σ κ_k² c_k² + 32 a² Σ κ_k⁴,   ψ = Σ c_k e_k,
 *
 * κ those of Gaussian features: s_i, G_ij and s_i/2. How ψ lies in them is not known: it is taken to lie
 * twice as much along the large ones as h does. The limit is that σ² of which the estimate at hand is
 * just so unlikely: its spread falls with σ², so that an estimate that is too small has one too.
 */
export function influenceLimit(shared: SharedResults, chance = 0.95): number {
  const { ofGenerated, resolvent, rows, referenceRows, variance } = shared;
  const { first } = variance;
  const inverse = 1 / rows + (referenceRows === null ? 0 : 1 / referenceRows);
  const { second, fourth } = kernelPowers(resolvent.roots);
  const z = studentTQuantile(chance, Number.POSITIVE_INFINITY);
  const square = (z ** 2 * (kurtosis(ofGenerated?.byRow.influence) - 1)) / rows;
  const linear = z ** 2 * 32 * inverse * (second > 0 ? fourth / second : 0);
  const constant = z ** 2 * 32 * inverse ** 2 * fourth;
  // (v − first)² = square v² + linear v + constant
  const a = 1 - square;
  if (a <= 0) return Number.POSITIVE_INFINITY;
  const b = first + linear / 2;
  return (b + Math.sqrt(Math.max(0, b * b - a * (first * first - constant)))) / a;
}

/** 3 of normal values, and without any. */
function kurtosis(values: Float64Array | undefined): number {
  if (!values || values.length < 2) return 3;
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  let [second, fourth] = [0, 0];
  for (const value of values) {
    const square = (value - mean) ** 2;
    second += square / values.length;
    fourth += square ** 2 / values.length;
  }
  return second > 0 ? fourth / second ** 2 : 3;
}
