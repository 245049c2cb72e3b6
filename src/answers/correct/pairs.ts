import type { NetworkName } from './networks.ts';
import { packagedPairs } from './packaged.ts';

/** How the labels of generated images are drawn. */
export const labelProtocols = ['balanced', 'random', 'none'] as const;

/**
 * `balanced`: equal numbers of each class, such as i mod 1000; `random`: drawn for each image; `none`:
 * an unconditional model, or real images.
 */
export type LabelProtocol = (typeof labelProtocols)[number];

/** Whether the numbers of each class are fixed, or images are independent draws. */
export type Shares = 'fixed' | 'independent' | 'unknown';

/** What a protocol does to the shares of classes: an unconditional model's images are independent too. */
export function sharesOf(protocol: LabelProtocol | 'unknown'): Shares {
  if (protocol === 'unknown') return 'unknown';
  return protocol === 'balanced' ? 'fixed' : 'independent';
}

/** A published FID, with the decimals that it was given to. */
export interface Reported {
  readonly value: number;
  readonly decimals: number;
}

/** A row of experiments/published-pairs.csv: FIDs of one model at two sample sizes, and their source. */
export interface PublishedPair {
  readonly dataset: string;
  readonly model: string;
  /** Rows of one family share their images: together they count as one. */
  readonly family: string;
  /** Constants of different networks have nothing in common. */
  readonly network: NetworkName;
  /** The program, as far as it is known. */
  readonly extractor: string;
  readonly label_protocol: LabelProtocol | 'unknown';
  readonly n_gen_a: number;
  readonly fid_a: Reported;
  /** Null where it is not stated but the same at both ends. */
  readonly n_ref_a: number | null;
  /** The end with more images; null for real images, whose FID at infinity is 0. */
  readonly n_gen_b: number | null;
  readonly fid_b: Reported | null;
  readonly n_ref_b: number | null;
  /** Whether one checkpoint gave both ends; separate trainings differ by more than sampling. */
  readonly checkpoint: 'same' | 'separate' | 'real';
  /**
   * `constant`: estimates its data set's constant; `test`: only predicted; `small-n`: below what 1/N
   * holds for, shows the second order; `counter-example`: contradicts 1/N.
   */
  readonly use: 'constant' | 'test' | 'small-n' | 'counter-example';
  readonly note: string | null;
  readonly source: string;
}

/** All published pairs that come with the package. */
export function publishedPairs(): readonly PublishedPair[] {
  return packagedPairs;
}
