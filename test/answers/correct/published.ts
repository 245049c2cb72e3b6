import { z } from 'zod';
import { networkNames } from '../../../src/answers/correct/networks.ts';
import {
  type LabelProtocol,
  labelProtocols,
  type PublishedPair,
  type Reported,
} from '../../../src/answers/correct/pairs.ts';
import type { PublishedSpread } from '../../../src/answers/correct/sampling-error.ts';
import { type CsvFormat, field, parseCsv } from '../../../src/tables/csv.ts';

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

const pairFormat: CsvFormat<PublishedPair> = {
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

const spreadFormat: CsvFormat<PublishedSpread> = {
  columns: ['dataset', 'model', 'n_gen', 'fid', 'bias', 'sd', 'runs', 'source'],
  schema: z.object({
    dataset: field.text,
    model: field.text,
    n_gen: field.integer,
    fid: field.number,
    bias: field.number,
    sd: field.number,
    runs: field.integer,
    source: field.text,
  }),
};

/** Rows of the text of a table of pairs. @throws StudyError naming `file`, line and column */
export function parsePairs(text: string, file: string): PublishedPair[] {
  return parseCsv(text, pairFormat, file);
}

/** Rows of the text of a table of spreads. @throws StudyError naming `file`, line and column */
export function parseSpreads(text: string, file: string): PublishedSpread[] {
  return parseCsv(text, spreadFormat, file);
}

const HEADER =
  'dataset,model,family,network,extractor,label_protocol,n_gen_a,fid_a,n_ref_a,n_gen_b,fid_b,n_ref_b,checkpoint,use,note,source';

/** How made pairs are made; FIDs fall from `sizes[0]` to `sizes[1]` images. */
interface MadeOf {
  readonly dataset?: string;
  readonly level?: number;
  readonly sizes?: readonly [number, number];
  readonly labels?: LabelProtocol | 'unknown';
}

/** Pairs of one data set that obey FID = level + C/N exactly, one a family. */
export function lawfulPairs(
  constants: readonly number[],
  { dataset = 'made', level = 3, sizes = [5000, 50_000], labels = 'none' }: MadeOf = {},
): PublishedPair[] {
  const [a, b] = sizes;
  const rows = constants.map((constant, i) => {
    const fid = (n: number) => (level + constant / n).toFixed(8);
    return `${dataset},model ${i},${labels} ${i},fid-inception,net,${labels},${a},${fid(a)},,${b},${fid(b)},,same,constant,,nowhere`;
  });
  return parsePairs([HEADER, ...rows].join('\n'), 'made.csv');
}

/** One row of the table, as text. */
export function pairOf(row: string): PublishedPair {
  return parsePairs(`${HEADER}\n${row}`, 'made.csv')[0]!;
}
