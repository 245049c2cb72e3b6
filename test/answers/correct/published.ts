import {
  type LabelProtocol,
  type PublishedPair,
  parsePairs,
} from '../../../src/answers/correct/pairs.ts';

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
