import { exp, log } from '../kernels/elementary.ts';

/**
 * The spectrum of Q^½ S Q^½ as seen from −y: A(y) = Σ λ_j/(λ_j + y) at nodes y > 0. For each λ
 *
 *   √λ = (1/π) ∫ λ/(λ + y) y^-½ dy = (2/π) ∫ √y · λ y/(λ + y)² d ln y,
 *
 * so sums of roots are integrals of A over a half line on which everything is positive and smooth.
 */
export interface Resolvent {
  /** s_j > 0, the roots of the eigenvalues, ascending. */
  readonly roots: Float64Array;
  /** y, evenly spaced in ln y. */
  readonly nodes: Float64Array;
  /** A(y) */
  readonly trace: Float64Array;
  /** −dA/d ln y */
  readonly slope: Float64Array;
}

/**
 * Distance of two nodes in ln y. The integrands have their poles π away from the line of integration:
 * the trapezoid rule errs by exp(−2π²/STEP), 1e-17.
 */
export const STEP = 0.5;
/** How far the nodes reach beyond the spectrum in ln y: what is cut off is below 1e-8 of the whole. */
const [BELOW, ABOVE] = [12, 14];
/** Weight of the first node for an integrand that is √y from there down: a geometric series. */
export const FIRST = 1 / (1 - exp(-STEP / 2));

/** @param roots s_j > 0, ascending */
export function resolventOf(roots: Float64Array): Resolvent {
  const lowest = 2 * log(roots[0] ?? 1) - BELOW;
  const highest = 2 * log(roots.at(-1) ?? 1) + ABOVE;
  const count = 1 + Math.ceil((highest - lowest) / STEP);
  const nodes = Float64Array.from({ length: count }, (_, k) => exp(lowest + k * STEP));
  const [trace, slope] = [new Float64Array(count), new Float64Array(count)];
  for (const [k, y] of nodes.entries()) {
    for (const s of roots) {
      const share = (s * s) / (s * s + y);
      trace[k]! += share;
      slope[k]! += share * (1 - share);
    }
  }
  return { roots, nodes, trace, slope };
}

/**
 * How much further from 0 the population's spectrum sees the same A than that of a sample does:
 * A(y) of the sample is A(x) of the population at x = κ(y) y. For Gaussian rows κ = 1/(1 − A/n) with n
 * degrees of freedom (Silverstein & Bai 1995); `Leverages` has it for any rows.
 */
export type Stretch = Float64Array;

/** @param degrees n: rows − 1 of a sample whose mean is estimated; more than there are roots */
export function gaussianStretch({ trace }: Resolvent, degrees: number): Stretch {
  return trace.map((a) => 1 / (1 - a / degrees));
}

/**
 * Σ √t over the spectrum t of the populations, in place of Σ √λ, which falls short by a share of d/n.
 * With the spectrum of S₁S₂ the stretches of both samples multiply: one is undone after the other,
 * and A stays what it is. For n₁ = n₂ and Gaussian rows this is the closed form of Tiomoko & Couillet
 * 2019 (arXiv 1903.03447), 2n (Σ √λ − Σ √η), and for n₂ = ∞ theirs with a known covariance.
 */
export function populationRoots(resolvent: Resolvent, stretches: readonly Stretch[]): number {
  const { roots, nodes, slope } = resolvent;
  let total = 0;
  for (const [k, y] of nodes.entries()) {
    const stretch = stretches.reduce((product, each) => product * each[k]!, 1);
    total += Math.sqrt(y) * (Math.sqrt(stretch) - 1) * slope[k]!;
  }
  return sum(roots) + (2 / Math.PI) * STEP * total;
}

/**
 * ½ Σ_ij V_ij / (s_i s_j (s_i + s_j)), the spectral part of C, by the populations' spectrum and how
 * leverages are spread: with ℓ(x) a row's leverage in the population, (1/2π) ∫ x^-½ N² mean ℓ² dx less
 * ¼ Σ √t. `gaussianBiasConstant` of the sample's own roots falls short of it by ¼ (d/N + d/M).
 *
 * @param dispersion mean ℓ² over (mean ℓ)² at each node
 */
export function populationSpectral(
  resolvent: Resolvent,
  stretches: readonly Stretch[],
  dispersion: Float64Array,
): number {
  const { nodes, trace } = resolvent;
  const x = nodes.map((y, k) => stretches.reduce((product, each) => product * each[k]!, y));
  const logs = x.map(log);
  const at = (k: number) => logs[Math.min(logs.length - 1, Math.max(0, k))]!;
  let total = 0;
  for (let k = 2; k < nodes.length - 2; k++) {
    const weight = k === 2 ? FIRST : 1;
    const change = (8 * (at(k + 1) - at(k - 1)) - (at(k + 2) - at(k - 2))) / 12;
    total += weight * Math.sqrt(x[k]!) * trace[k]! ** 2 * dispersion[k]! * change;
  }
  return total / (2 * Math.PI) - populationRoots(resolvent, stretches) / 4;
}

/**
 * Bias N (E FID_N − FID) of the spectral part of a sample's FID, all orders of d/N together.
 *
 * @param isOfRows whether the stretch is one of rows, whose own squares count in it already: they have
 *   ½ Σ s more than the theory's limit; real Gaussian features have ¼ Σ s, so that ¼ Σ s is to go
 */
export function spectralBias(
  resolvent: Resolvent,
  stretch: Stretch,
  rows: number,
  isOfRows: boolean,
): number {
  const plain = sum(resolvent.roots);
  const limit = 2 * rows * (populationRoots(resolvent, [stretch]) - plain);
  return limit + ((isOfRows ? -1 : 1) * plain) / 4;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
