import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { diagonal } from '../../surrogates/diagonal.ts';
import { surrogateSchema } from '../../surrogates/schema.ts';
import { mean, variance } from '../../theory/statistics.ts';
import { simulatedBias, type WhiteDraw, whiteDraw } from '../calibration/bias.ts';

/** A distribution whose bias is simulated: a power law, and how heavy its tails are. */
export interface Shape {
  /** Of the eigenvalues, λ_i ∝ i^-exponent. */
  readonly exponent: number;
  /** Degrees of freedom of a multivariate t; null is Gaussian. */
  readonly tails: number | null;
}

/** How much faster bias falls between the outer sizes than between the larger two. */
export interface BiasRatio {
  /** (b₅ − b₅₀)/(b₁₀ − b₅₀) at N of 5,000, 10,000 and 50,000; 2.25 if bias were C/N. */
  readonly value: number;
  readonly se: number;
}

/** Dimension of the simulation. */
const D = 512;
/** N of 5,000, 10,000 and 50,000 at d = 2048 have these N at d = 512: the same N/d. */
const SIZES = [1250, 2500, 12_500] as const;
/** Population FID over trace, mean's share and spread of the discrepancy, as in cifar10-cfm. */
const SURROGATE = { distance: 4.613 / 344.6, meanShare: 0.5, spread: 0.627 };

/**
 * Simulates the ratio, at 512 dimensions and the same N/d. Scaling the features scales every bias, so
 * that a surrogate calibrated to one published difference predicts another by this ratio alone: its
 * distance from 2.25 shows how much spectrum and tails matter.
 */
export async function biasRatio(
  shape: Shape,
  draws: readonly WhiteDraw[],
  algebra: LinearAlgebra,
): Promise<BiasRatio> {
  const surrogate = diagonal(
    surrogateSchema.parse({
      name: 'shape',
      dimension: D,
      reference: { kind: 'power-law', exponent: shape.exponent, trace: 1 },
      generated: {
        kind: 'discrepancy',
        mean_term: SURROGATE.distance * SURROGATE.meanShare,
        covariance_term: SURROGATE.distance * (1 - SURROGATE.meanShare),
        exponent: SURROGATE.spread,
      },
    }),
  );
  const outer: number[] = [];
  const inner: number[] = [];
  for (const draw of draws) {
    const [small, middle, large] = await Promise.all(
      SIZES.map(async (size) => (await simulatedBias(surrogate, [draw], size, algebra)).value),
    );
    outer.push(small! - large!);
    inner.push(middle! - large!);
  }
  const value = mean(outer) / mean(inner);
  // Standard error of a ratio of means, by the delta method.
  const residuals = outer.map((rise, i) => (rise - value * inner[i]!) / mean(inner));
  return { value, se: Math.sqrt((variance(residuals) ?? 0) / draws.length) };
}

/** White draws of unit variance that all shapes of the same tails share. */
export async function shapeDraws(
  tails: number | null,
  count: number,
  studySeed: number,
  algebra: LinearAlgebra,
  onDraw: () => void,
): Promise<WhiteDraw[]> {
  const draws: WhiteDraw[] = [];
  for (let i = 0; i < count; i++) {
    const key = [studySeed, i + 1, 'cfm-gap', tails ?? 'gaussian'];
    draws.push(await whiteDraw(D, SIZES, key, algebra, tails));
    onDraw();
  }
  return draws;
}
