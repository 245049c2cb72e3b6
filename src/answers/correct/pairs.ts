import { z } from 'zod';
import { type CsvFormat, field, parseCsv } from '../../tables/csv.ts';
import { type NetworkName, networkNames } from './networks.ts';
import { readPackaged } from './packaged.ts';

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

const reported = z.string().transform((text, context): Reported => {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) {
    return { value, decimals: text.split('.')[1]?.length ?? 0 };
  }
  context.addIssue({ code: 'custom', message: 'not a number' });
  return z.NEVER;
});

const columns = [
  'dataset',
  'model',
  'family',
  'network',
  'extractor',
  'label_protocol',
  'n_gen_a',
  'fid_a',
  'n_ref_a',
  'n_gen_b',
  'fid_b',
  'n_ref_b',
  'checkpoint',
  'use',
  'note',
  'source',
];

const format: CsvFormat<PublishedPair> = {
  columns,
  schema: z
    .object({
      dataset: field.text,
      model: field.text,
      family: field.text,
      network: z.enum(networkNames),
      extractor: field.text,
      label_protocol: z.enum([...labelProtocols, 'unknown']),
      n_gen_a: field.integer,
      fid_a: reported,
      n_ref_a: field.integerOrNull,
      n_gen_b: field.integerOrNull,
      fid_b: z.union([z.literal('').transform(() => null), reported]),
      n_ref_b: field.integerOrNull,
      checkpoint: z.enum(['same', 'separate', 'real']),
      use: z.enum(['constant', 'test', 'small-n', 'counter-example']),
      note: field.textOrNull,
      source: field.text,
    })
    .refine(
      (pair) => (pair.checkpoint === 'real') === (pair.fid_b === null),
      'real images have one value, models two',
    ),
};

let known: readonly PublishedPair[] | undefined;

/** All published pairs that come with the package. */
export function publishedPairs(): readonly PublishedPair[] {
  known ??= parsePairs(readPackaged('published-pairs.csv'), 'published-pairs.csv');
  return known;
}

/** Rows of the text of a table of pairs. @throws StudyError naming `file`, line and column */
export function parsePairs(text: string, file: string): PublishedPair[] {
  return parseCsv(text, format, file);
}
