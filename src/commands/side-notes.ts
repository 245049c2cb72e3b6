import { extractorDifference } from '../sides/comparable.ts';
import { repeatNotes } from '../sides/repeated-rows.ts';
import type { Side } from '../sides/side.ts';
import { aboutBias, MANY_IMAGES } from '../tables/fid-caption.ts';
import { thousands } from '../tables/number.ts';
import { SEEN_TAILS } from '../theory/bias-constants.ts';
import type { DistanceBias } from '../theory/distance-bias.ts';
import type { OddRow } from '../theory/odd-rows.ts';

/**
 * One side of a comparison in a line: number of images and network.
 *
 * @param rows the number of images, if the side itself does not state it
 */
export function sideLine(
  { path, dimension, extractor, ...side }: Side,
  rows: number | null = side.rows,
): string {
  const count = rows === null ? 'N not stated' : `N = ${thousands(rows)}`;
  const network = extractor ? `, ${extractor.name} (${extractor.mode})` : '';
  return `${count}, d = ${dimension}${network}: ${path}`;
}

/** A side in JSON. */
export function described({ path, kind, rows, dimension, extractor, sha256, extracted }: Side) {
  // Images that could not be decoded; null if the file does not say.
  const skipped = extracted?.images.skipped ?? null;
  return { path, kind, rows, skipped, dimension, extractor, sha256 };
}

/** What a reader must know before they quote a distance of these sides to the first. */
export function sideNotes(reference: Side, ...generated: readonly Side[]): string[] {
  const sides = [reference, ...generated];
  const list = [
    ...new Set(sides.flatMap(({ notes = [] }) => notes)),
    ...repeatNotes(reference, generated),
  ];
  for (const { path, extractor } of generated) {
    const difference = extractorDifference(reference.extractor, extractor);
    const which = generated.length === 1 ? 'the two sides' : `${reference.path} and ${path}`;
    if (difference) list.push(`${which} ${difference}`);
  }
  const incomparable = sides.flatMap(({ extractor }) =>
    extractor && !extractor.comparable ? [extractor.name] : [],
  );
  for (const name of new Set(incomparable)) {
    list.push(`distances of ${name} are not comparable with published FIDs`);
  }
  const unknown = [...new Set(sides.filter(({ extractor }) => !extractor).map(({ path }) => path))];
  if (unknown.length > 0) {
    const verb = unknown.length === 1 ? 'does' : 'do';
    const all = [unknown.slice(0, -1).join(', '), unknown.at(-1)].filter(Boolean).join(' and ');
    list.push(`${all} ${verb} not say which network made the features`);
  }
  return list;
}

/** For FID only: KID has no bias. */
export function sizeNotes(sides: readonly Side[]): string[] {
  const few = sides.filter(({ rows, dimension }) => rows !== null && rows <= dimension);
  // A set on both sides is named once.
  return [...new Set(few.map(({ path }) => path))].map(
    (path) => `${path} has no more images than dimensions: the bias of this FID is large`,
  );
}

/**
 * How much of a plug-in FID is bias, if a side has few images or does not state how many.
 *
 * @param bias of the FID between these sides
 */
export function biasNotes(
  fid: number,
  { constantGenerated, constantReference, ...bias }: DistanceBias,
  reference: Side,
  generated: Side,
): string[] {
  // The same images on both sides have the same errors: their distance is 0, without bias.
  if (reference.sha256 === generated.sha256) return [];
  const notes: string[] = [];
  const sides = [
    { side: generated, letter: 'N', part: bias.generated, constant: constantGenerated },
    { side: reference, letter: 'M', part: bias.reference, constant: constantReference },
  ];
  const parts = sides.flatMap(({ side, letter, part }) =>
    part === null ? [] : [`${aboutBias(part)} from ${letter} = ${thousands(side.rows!)}`],
  );
  const total = (bias.generated ?? 0) + (bias.reference ?? 0);
  if (parts.length > 0 && total > fid) {
    notes.push(
      `the estimated bias, about ${aboutBias(total)}, exceeds this FID: either the FID shows no difference between the two sets, or they share images`,
    );
  } else if (sides.some(({ side }) => side.rows !== null && side.rows < MANY_IMAGES)) {
    // A spectrum of no more images than dimensions lacks most of what makes the bias.
    const atLeast = sides.some(({ side }) => side.rows !== null && side.rows <= side.dimension)
      ? 'at least '
      : '';
    const of =
      parts.length > 1 ? `, ${parts.join(' and ')}` : ` from ${parts[0]!.split(' from ')[1]}`;
    notes.push(
      `${atLeast}about ${aboutBias(total)} of this FID is bias${of}, for Gaussian features; heavier tails add to it`,
    );
  }
  for (const { side, letter, constant } of sides) {
    if (side.rows !== null) continue;
    notes.push(
      `${side.path} does not state its number of images ${letter}: its bias is about ${aboutBias(constant)}/${letter}, for Gaussian features`,
    );
  }
  return notes;
}

/** Images that no estimate of FID at infinity can judge: a note for each side that has some. */
export function oddRowNotes(
  rows: readonly OddRow[],
  { reference, generated }: Readonly<Record<OddRow['side'], string>>,
): string[] {
  const sides = [
    { path: generated, odd: rows.filter(({ side }) => side === 'generated') },
    { path: reference, odd: rows.filter(({ side }) => side === 'reference') },
  ];
  return sides.flatMap(({ path, odd }) => {
    if (odd.length === 0) return [];
    const numbers = odd.map(({ row }) => `${row}`);
    const least = Math.min(...odd.map(({ leverage }) => leverage)).toFixed(3);
    const [names, rest, them] =
      odd.length === 1
        ? [`image ${numbers[0]} of ${path} (counted from 0) is`, `leverage ${least}`, 'it belongs']
        : [
            `images ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)} of ${path} (counted from 0) are`,
            `leverage ${least} or more each without the others`,
            'they belong',
          ];
    return [
      `${names} far from all others, with ${rest}: FID at infinity and C depend on whether ${them} there, and no interval covers that; look at ${odd.length === 1 ? 'it' : 'them'}`,
    ];
  });
}

/** What it means that of a reference only statistics are known. */
export const UNSEEN_TAILS = `statistics do not tell the tails of the reference: they may raise the spectral part of its bias up to ${SEEN_TAILS} times, which the interval covers; give its features to measure them`;
