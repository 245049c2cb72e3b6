import { Command } from 'commander';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { FrechetTerms } from '../metrics/frechet.ts';
import { extractorDifference, requireComparable } from '../sources/comparable.ts';
import { cachedReference } from '../sources/reference-cache.ts';
import { distanceOfSide, type Side } from '../sources/side.ts';
import { thousands } from '../tables/number.ts';
import { type ImageFlags, sideHelp, withImageFlags } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { openSides } from './open-side.ts';

interface FidOptions extends ImageFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `study fid`: one distance between two sets, and what it is made of. */
export function fidCommand(): Command {
  const command = new Command('fid')
    .description('FID between two sets, its terms, and how many images each side has')
    .argument('<ref>', 'the reference set')
    .argument('<gen>', 'the generated set')
    .option('--force', 'compare features of different models or modes all the same')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(command).addHelpText('after', `\nEither set is ${sideHelp}`).action(fid);
}

async function fid(
  ref: string,
  gen: string,
  { force = false, json = false, ...flags }: FidOptions,
): Promise<void> {
  const sides = await interruptible(
    (signal) => openSides(ref, gen, { ...flags, signal }),
    'interrupted; what was extracted is kept: run the same command again to go on',
  );
  if (!sides) return;
  const { reference, generated } = sides;
  try {
    requireComparable(reference, generated, force);
    const algebra = sharedAlgebra();
    const prepared = await cachedReference(reference, algebra);
    const terms = await distanceOfSide(prepared, generated, algebra);
    console.log(json ? inJson(terms, reference, generated) : onScreen(terms, reference, generated));
  } finally {
    reference.close();
    generated.close();
  }
}

function inJson(terms: FrechetTerms, reference: Side, generated: Side): string {
  const record = {
    fid: terms.distance,
    mean_term: terms.meanTerm,
    trace_reference: terms.traceReference,
    trace_generated: terms.traceGenerated,
    trace_sqrt: terms.traceSqrt,
    reference: described(reference),
    generated: described(generated),
    notes: notes(reference, generated),
  };
  return JSON.stringify(record, null, 2);
}

function described({ path, kind, rows, dimension, extractor, sha256 }: Side) {
  return { path, kind, rows, dimension, extractor, sha256 };
}

function onScreen(terms: FrechetTerms, reference: Side, generated: Side): string {
  const { distance, meanTerm, traceReference, traceGenerated, traceSqrt } = terms;
  const decimals = sensibleDecimals(terms);
  const lines: [string, number][] = [
    ['FID', distance],
    ['  |μ − m|²', meanTerm],
    ['  tr Q (reference)', traceReference],
    ['  tr P (generated)', traceGenerated],
    ['  tr (Q^½ P Q^½)^½', traceSqrt],
  ];
  const texts = lines.map(([, value]) => value.toFixed(decimals));
  const width = Math.max(...texts.map((text) => text.length));
  return [
    ...lines.map(([name], i) => `${name.padEnd(19)}${texts[i]!.padStart(width)}`),
    `reference  ${sideLine(reference)}`,
    `generated  ${sideLine(generated)}`,
    ...notes(reference, generated).map((note) => `note: ${note}`),
  ].join('\n');
}

/**
 * The same decimals for all terms, so that they add up on the screen: six significant digits of the
 * distance, but no more than ten of the traces, whose rounding it inherits.
 */
function sensibleDecimals({ distance, traceReference, traceGenerated }: FrechetTerms): number {
  const magnitude = (value: number) =>
    value === 0 ? Number.NEGATIVE_INFINITY : Math.floor(Math.log10(Math.abs(value)));
  const wanted = 5 - magnitude(distance);
  const known = 9 - magnitude(Math.max(traceReference, traceGenerated));
  const decimals = Math.min(wanted, known);
  return Number.isFinite(decimals) ? Math.max(0, Math.min(20, decimals)) : 6;
}

function sideLine({ path, rows, dimension, extractor }: Side): string {
  const count = rows === null ? 'N not stated' : `N = ${thousands(rows)}`;
  const network = extractor ? `, ${extractor.name} (${extractor.mode})` : '';
  return `${count}, d = ${dimension}${network}: ${path}`;
}

/** What a reader must know before they quote the number. */
function notes(reference: Side, generated: Side): string[] {
  const sides = [reference, generated];
  const list: string[] = [];
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
  for (const { path, rows, dimension } of sides) {
    if (rows !== null && rows <= dimension) {
      list.push(`${path} has no more images than dimensions: the bias of this FID is large`);
    }
  }
  return list;
}
