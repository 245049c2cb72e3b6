import { powerOfTen, power as toPower } from '../../kernels/elementary.ts';
import { publishedNetworks } from './networks.ts';
import type { PublishedPair } from './pairs.ts';
import { type Sampled, samplingError, TRAINING_SPREAD } from './sampling-error.ts';

/** One end of a conversion: how many images each side has. */
export interface Sizes {
  /** Infinity for the population itself. */
  readonly generated: number;
  /** Infinity for a known reference; null if it is not stated, but the same at both ends. */
  readonly reference: number | null;
}

/** What one pair says of its data set's constant. */
export interface PairConstant {
  readonly pair: PublishedPair;
  /** C = ΔFID / Δ(1/N + 1/M) */
  readonly value: number;
  /** Standard error by sampling, rounding and, of separate checkpoints, training. */
  readonly se: number;
  /** Δ(1/N² + 1/M²) / Δ(1/N + 1/M): what a second-order term D enters this constant with. */
  readonly secondOrder: number;
}

/** Both ends of a pair; that of real images ends at infinity. */
export function endsOf(pair: PublishedPair): { a: Sizes; b: Sizes } {
  const infinite = Number.POSITIVE_INFINITY;
  const a = { generated: pair.n_gen_a, reference: pair.n_ref_a };
  if (pair.n_gen_b !== null) return { a, b: { generated: pair.n_gen_b, reference: pair.n_ref_b } };
  return { a, b: { generated: infinite, reference: pair.n_ref_a === null ? null : infinite } };
}

/** Σ n^-power over both sides, less the same of `b`: the bias falls by C times it from a to b. */
export function inverseChange(a: Sizes, b: Sizes, power: 1 | 2 = 1): number {
  const term = (n: number | null) => (n === null ? 0 : toPower(n, -power));
  return term(a.generated) - term(b.generated) + term(a.reference) - term(b.reference);
}

/** What sampling does to an FID of C (1/N + 1/M) bias; a reference of unstated size counts as known. */
export function sampledAt(fid: number, sizes: Sizes, constant: number, unit: number): Sampled {
  const known = { generated: Number.POSITIVE_INFINITY, reference: null };
  return { level: fid - constant * inverseChange(sizes, known), constant, unit };
}

/** C of one pair, and how sure it is. */
export function pairConstant(pair: PublishedPair): PairConstant {
  const { a, b } = endsOf(pair);
  const change = inverseChange(a, b);
  const { sampling, other } = pairErrors(pair);
  return {
    pair,
    value: apparentConstant(pair),
    se: Math.hypot(sampling, other) / change,
    secondOrder: inverseChange(a, b, 2) / change,
  };
}

/** C = ΔFID / Δ(1/N + 1/M) */
function apparentConstant(pair: PublishedPair): number {
  const { a, b } = endsOf(pair);
  return (pair.fid_a.value - (pair.fid_b?.value ?? 0)) / inverseChange(a, b);
}

/** Standard errors of FID_a − FID_b as printed: by sampling, and by rounding and training. */
export function pairErrors(pair: PublishedPair): { sampling: number; other: number } {
  const { a, b } = endsOf(pair);
  const { unit } = publishedNetworks[pair.network];
  const of = sampledAt(pair.fid_a.value, a, apparentConstant(pair), unit);
  const sampling = Math.hypot(sideErrors(of, a, b), sideErrors(of, b, a));
  let other = 0;
  for (const reported of [pair.fid_a, pair.fid_b]) {
    if (!reported) continue;
    // Rounding is uniform over one unit of the last digit.
    other += powerOfTen(-reported.decimals) ** 2 / 12;
    if (pair.checkpoint === 'separate') other += (TRAINING_SPREAD * reported.value) ** 2;
  }
  return { sampling, other: Math.sqrt(other) };
}

/** Sampling error of an FID here by the sides whose images the other end does not share. */
export function sideErrors(sampled: Sampled, here: Sizes, there: Sizes): number {
  const of = (n: number | null, other: number | null) =>
    n === null || n === other ? 0 : samplingError(sampled, n);
  return Math.hypot(of(here.generated, there.generated), of(here.reference, there.reference));
}
