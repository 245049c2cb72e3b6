import { extractorDifference } from '../sources/comparable.ts';
import type { Side } from '../sources/side.ts';
import { thousands } from '../tables/number.ts';

/** One side of a comparison in a line: how many images, of which network. */
export function sideLine({ path, rows, dimension, extractor }: Side): string {
  const count = rows === null ? 'N not stated' : `N = ${thousands(rows)}`;
  const network = extractor ? `, ${extractor.name} (${extractor.mode})` : '';
  return `${count}, d = ${dimension}${network}: ${path}`;
}

/** What a reader must know before they quote a distance of these two sides. */
export function comparisonNotes(reference: Side, generated: Side): string[] {
  const sides = [reference, generated];
  const list = sides.flatMap((side) => side.notes ?? []);
  const difference = extractorDifference(reference.extractor, generated.extractor);
  if (difference) list.push(`the two sides ${difference}`);
  const incomparable = sides.flatMap(({ extractor }) =>
    extractor && !extractor.comparable ? [extractor.name] : [],
  );
  for (const name of new Set(incomparable)) {
    list.push(`distances of ${name} are not comparable with published FIDs`);
  }
  const unknown = [...new Set(sides.filter(({ extractor }) => !extractor).map(({ path }) => path))];
  if (unknown.length > 0) {
    const verb = unknown.length === 1 ? 'does' : 'do';
    list.push(`${unknown.join(' and ')} ${verb} not say which network the features are of`);
  }
  return list;
}

/** For FID, which has a bias where KID has none. */
export function sizeNotes(sides: readonly Side[]): string[] {
  return sides.flatMap(({ path, rows, dimension }) =>
    rows !== null && rows <= dimension
      ? [`${path} has no more images than dimensions: the bias of this FID is large`]
      : [],
  );
}
