import { StudyError } from '../../errors.ts';
import { studentTQuantile } from '../../theory/student-t.ts';
import type { BiasConstant } from '../correct/bias-constant.ts';

/** What the error of an FID of N images is made of. */
export interface FidErrors {
  /** Bias C/N. */
  readonly constant: BiasConstant;
  /** σ² and τ²: Var(FID_N) ≈ σ²/N + 2 τ²/N². */
  readonly first: number;
  readonly second: number;
  /** Upper 95 % limit of σ², one-sided, where it was measured. */
  readonly firstLimit?: number | undefined;
  /**
   * Standard deviation of C between the models compared, as a share of it: at equal N their biases
   * differ by √2 of it, which no repetition averages out.
   */
  readonly betweenModels: number;
}

/** How many images make a bias as small as wanted. */
export interface SizeForBias {
  /** By the estimate of C. */
  readonly size: number;
  /** By the upper 95 % limit of C, one-sided; null if C is too rough to have one. */
  readonly safeSize: number | null;
  /** What the reference adds to the bias at any N, C/M; 0 for a known one. */
  readonly referenceBias: number;
}

/**
 * Smallest N with C/N + C/M < ε, or null if the reference alone is further off than that.
 *
 * @param referenceSize M; Infinity for a known reference
 */
export function sizeForBias(
  { value, se, spread, degrees, isRough }: BiasConstant,
  bias: number,
  referenceSize = Number.POSITIVE_INFINITY,
): SizeForBias | null {
  const upper = value + studentTQuantile(0.95, degrees) * Math.hypot(se, spread * value);
  const sizeOf = (constant: number) => constant / (bias - constant / referenceSize);
  // No size is negative: the reference alone has more bias than is allowed.
  if (bias <= value / referenceSize) return null;
  const safe = bias <= upper / referenceSize ? Number.POSITIVE_INFINITY : above(sizeOf(upper));
  return {
    size: above(sizeOf(value)),
    safeSize: isRough ? null : safe,
    referenceBias: value / referenceSize,
  };
}

/** A test of the difference of two models, by their FIDs at equal N to one reference. */
export interface DifferenceTest {
  /** True difference δ of their FIDs. */
  readonly difference: number;
  /** Probability that a difference of this size is found significant. */
  readonly power: number;
  /** Two-sided level of the test. */
  readonly level: number;
  /** Correlation of the two FIDs by common images' noise: 0 for independent samples. */
  readonly correlation: number;
}

/**
 * Smallest N at which a two-sided test of FID_A − FID_B finds a difference of δ with the power wanted:
 * δ = (z_{1−α/2} + z_power) SD, with Var = 2 (1 − ρ) σ²/N + (4 (1 − ρ) τ² + 2 s² C²)/N². The last term
 * is how the models' biases differ at equal N.
 *
 * @throws StudyError for a power that no test is too weak for
 */
export function sizeForDifference(
  errors: FidErrors,
  { difference, power, level, correlation }: DifferenceTest,
): number {
  const sd = difference / detectableFactor(power, level);
  // sd² = b x + a x² in x = 1/N.
  const { linear, quadratic } = differenceVariance(errors, correlation);
  const root = Math.sqrt(linear * linear + 4 * quadratic * sd * sd);
  return above((linear + root) / (2 * sd * sd));
}

/**
 * The same by the upper limit of σ²: the number of images that has the power wanted with 95 % chance.
 *
 * @returns null where σ² was not measured
 */
export function safeSizeForDifference(errors: FidErrors, wanted: DifferenceTest): number | null {
  const { firstLimit } = errors;
  if (firstLimit === undefined) return null;
  if (!Number.isFinite(firstLimit)) return Number.POSITIVE_INFINITY;
  return sizeForDifference({ ...errors, first: firstLimit }, wanted);
}

/** Smallest true difference that is found at N with the power wanted. */
export function detectableDifference(
  errors: FidErrors,
  size: number,
  { power, level, correlation }: Omit<DifferenceTest, 'difference'>,
): number {
  const { linear, quadratic } = differenceVariance(errors, correlation);
  return detectableFactor(power, level) * Math.sqrt(linear / size + quadratic / size ** 2);
}

/** Standard deviation of one FID of N images. */
export function spreadOfFid({ first, second }: FidErrors, size: number): number {
  return Math.sqrt(first / size + (2 * second) / size ** 2);
}

function differenceVariance(
  { constant, first, second, betweenModels }: FidErrors,
  correlation: number,
): { linear: number; quadratic: number } {
  const independent = 1 - correlation;
  return {
    linear: 2 * independent * first,
    quadratic: 4 * independent * second + 2 * (betweenModels * constant.value) ** 2,
  };
}

/**
 * Refuses what no number of images is too small for: one direction of a two-sided test is found with a
 * chance of half its level where there is no difference at all.
 *
 * @throws StudyError
 */
export function requirePower({ power, level }: Pick<DifferenceTest, 'power' | 'level'>): void {
  if (power > level / 2 && level > 0 && power < 1 && level < 1) return;
  throw new StudyError(
    `power ${power} at level ${level}; not between half the level and 1`,
    'give a power such as 0.8, and a level such as 0.05',
  );
}

/** z_{1−α/2} + z_power; the chance of a significant difference of the wrong sign is left out. */
function detectableFactor(power: number, level: number): number {
  requirePower({ power, level });
  const normal = (p: number) => studentTQuantile(p, Number.POSITIVE_INFINITY);
  return normal(1 - level / 2) + normal(power);
}

/** A point of the curve: what N images buy. */
export interface PlanPoint {
  readonly size: number;
  readonly bias: number;
  /** Null where C is too rough to have an interval. */
  readonly bias_lower: number | null;
  readonly bias_upper: number | null;
  readonly sd: number;
  /** Null where the spread of FID is not known. */
  readonly detectable_difference: number | null;
}

/** Bias and detectable difference at each size, with the 95 % interval of the bias. */
export function planCurve(
  errors: FidErrors,
  sizes: readonly number[],
  test: Omit<DifferenceTest, 'difference'>,
  referenceSize = Number.POSITIVE_INFINITY,
): PlanPoint[] {
  const { value, se, spread, degrees, secondOrderScale, isRough } = errors.constant;
  const t = studentTQuantile(0.975, degrees);
  return sizes.map((size) => {
    const inverse = 1 / size + 1 / referenceSize;
    const second = value * secondOrderScale * (1 / size ** 2 + 1 / referenceSize ** 2);
    const half = t * Math.hypot(inverse * Math.hypot(se, spread * value), second);
    const isKnown = errors.first + errors.second > 0;
    return {
      size,
      bias: value * inverse,
      bias_lower: isRough ? null : value * inverse - half,
      bias_upper: isRough ? null : value * inverse + half,
      sd: spreadOfFid(errors, size),
      detectable_difference: isKnown ? detectableDifference(errors, size, test) : null,
    };
  });
}

/**
 * Sizes of a curve: 1, 2 and 5 times powers of ten, from where 1/N holds to about fifty images a
 * feature, or beyond those wanted.
 *
 * @param dimension d, the number of features
 */
export function planSizes(wanted: readonly number[], dimension: number): number[] {
  const finite = wanted.filter(Number.isFinite);
  const least = Math.max(2, dimension / 2);
  const most = Math.max(50 * dimension, ...finite.map((size) => 2 * size));
  const sizes: number[] = [];
  for (let power = 1; power <= most; power *= 10) {
    for (const factor of [1, 2, 5]) {
      const size = power * factor;
      if (size > least && size <= most) sizes.push(size);
    }
  }
  return [...new Set([...sizes, ...finite])].sort((a, b) => a - b);
}

/** The next whole number, but for rounding. */
function above(size: number): number {
  return Math.max(2, Math.ceil(size * (1 - 1e-12)));
}
