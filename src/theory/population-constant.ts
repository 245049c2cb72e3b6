import { biasConstant, tailConstantError, tailFactor } from './bias-constants.ts';
import { gaussianBiasConstant } from './gaussian-moments.ts';
import { gaussianStretch, populationRoots, populationSpectral, type Stretch } from './resolvent.ts';
import type { SharedResults } from './shared-results.ts';

/** A bias constant and its standard errors, in units of FID times images. */
export interface ConstantParts {
  readonly value: number;
  /** By chance; null where no rows are known. */
  readonly chance: number | null;
  /** By what is not known of tails or higher orders. */
  readonly rest: number;
}

/** Standard error of a constant; null where its chance is not known. */
export function constantError({ chance, rest }: ConstantParts): number | null {
  return chance === null ? null : Math.hypot(chance, rest);
}

/** A side of which a constant is wanted. */
export type SideName = 'generated' | 'reference';

/**
 * C of E FID_N ≈ FID_∞ + C/N by fourth moments, from the spectrum of the populations: that of the
 * samples, which both have widened, would make it too small by ¼ (d/N + d/M). Its chance is by groups
 * of rows of both sides left out in turn, so that it holds what one row far out may do; the rest is by
 * how much a dispersion that is bounded in each row would be less.
 *
 * @returns null without rows of the side, or where one side has no more rows than dimensions
 */
export function populationConstant(shared: SharedResults, side: SideName): ConstantParts | null {
  const { resolvent, whole } = shared;
  const moments = side === 'generated' ? shared.ofGenerated : shared.ofReference;
  const stretches = stretchesOf(shared);
  if (!moments?.leverages || !stretches) return null;
  const { dispersion, bounded, withoutGroup } = moments.leverages;
  const { traceGenerated, traceReference } = whole.terms;
  const trace = side === 'generated' ? traceGenerated : traceReference;
  const spectral = (of: Float64Array) => populationSpectral(resolvent, stretches, of);
  const value = trace + spectral(dispersion);
  const tails = spectral(dispersion) / gaussianBiasConstant(0, resolvent.roots);
  const own = withoutGroup.map(
    (each) => each.length + spectral(each.dispersion) + tails * each.sway,
  );
  const other = side === 'generated' ? shared.ofReference : shared.ofGenerated;
  const ofOther = other?.leverages?.withoutGroup.map((each) => tails * each.sway) ?? [];
  return {
    value,
    chance: Math.hypot(jackknifeError(own), jackknifeError(ofOther)),
    rest: Math.abs(spectral(dispersion) - spectral(bounded)),
  };
}

/** Standard error of a value by what it is without each group in turn; 0 without any. */
function jackknifeError(without: readonly number[]): number {
  if (without.length === 0) return 0;
  const average = without.reduce((total, each) => total + each, 0) / without.length;
  const squares = without.reduce((total, each) => total + (each - average) ** 2, 0);
  return Math.sqrt((squares * (without.length - 1)) / without.length);
}

/** The same for Gaussian features of the populations' spectrum; of the sample's where d is too large. */
export function gaussianConstant(shared: SharedResults): number {
  const { resolvent, rows, referenceRows, whole } = shared;
  const stretches = [rows, referenceRows].flatMap((n) => (n === null ? [] : [n]));
  if (stretches.some((n) => resolvent.roots.length >= n - 1)) return biasConstant(whole, 1);
  const both = stretches.map((n) => gaussianStretch(resolvent, n - 1));
  const ones = new Float64Array(resolvent.nodes.length).fill(1);
  // Gaussian features have ½ Σ s more than a dispersion of 1, by the squares of each coordinate.
  const own = populationRoots(resolvent, both) / 2;
  return whole.terms.traceGenerated + populationSpectral(resolvent, both, ones) + own;
}

/**
 * C by fourth moments as far as it can be had: where there are too few rows, by the sample's spectrum,
 * with the size of what that leaves out as its error.
 */
export function constantOf(shared: SharedResults): ConstantParts | null {
  return populationConstant(shared, 'generated') ?? sampleConstant(shared, shared.referenceRows);
}

/** @param referenceRows rows behind the other side of the spectrum; null where it is known */
export function sampleConstant(
  shared: SharedResults,
  referenceRows: number | null,
): ConstantParts | null {
  const { rows, resolvent, whole, ofGenerated } = shared;
  if (!ofGenerated) return null;
  const value = biasConstant(whole, tailFactor(shared, 'fourth'));
  const share = resolvent.roots.length * (1 / rows + (referenceRows ? 1 / referenceRows : 0));
  const rest = Math.hypot(tailConstantError(shared, 'fourth'), (Math.min(1, share) * value) / 4);
  return { value, chance: Math.sqrt(ofGenerated.diagonal / rows), rest };
}

/** How far both samples have moved the spectrum; null where one has no more rows than dimensions. */
export function stretchesOf({
  resolvent,
  referenceRows,
  ofGenerated,
  ofReference,
  rows,
}: SharedResults): Stretch[] | null {
  const rank = resolvent.roots.length;
  if (rank >= rows - 1 || (referenceRows !== null && rank >= referenceRows - 1)) return null;
  const generated = ofGenerated?.leverages?.stretch ?? gaussianStretch(resolvent, rows - 1);
  if (referenceRows === null) return [generated];
  const reference =
    ofReference?.leverages?.stretch ?? gaussianStretch(resolvent, referenceRows - 1);
  return [generated, reference];
}
