import type { ExtractorIdentity } from '../sides/side.ts';
import { thousands } from '../tables/number.ts';

/** What `study stats` says of the statistics that it wrote. */
export function statsLines({
  rows,
  dimension,
  extractor,
  notes,
  sets,
}: {
  readonly rows: number | null;
  readonly dimension: number;
  readonly extractor: ExtractorIdentity | null;
  readonly notes: readonly string[];
  /** How many were merged. */
  readonly sets?: number;
}): string[] {
  const count = rows === null ? 'a set of unstated size' : `${thousands(rows)} images`;
  const of = sets === undefined ? '' : ` in ${sets} sets`;
  const network = extractor ? `, ${extractor.name} (${extractor.mode})` : '';
  const all = [...notes];
  if (rows === null) all.push('the number of images is not in the file: --size writes it');
  else if (rows <= dimension) {
    all.push(`the covariance of ${rows} images is singular: its rank is at most ${rows - 1}`);
  }
  return [
    `mean and covariance of ${count}${of}, d = ${dimension}${network}`,
    ...all.map((note) => `note: ${note}`),
  ];
}
