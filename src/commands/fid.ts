import { Command } from 'commander';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { FrechetTerms } from '../metrics/frechet.ts';
import { requireComparable } from '../sides/comparable.ts';
import { openSides } from '../sides/open.ts';
import { cachedReference } from '../sides/reference-cache.ts';
import { type Side, spectralDistanceOfSide } from '../sides/side.ts';
import { fixed } from '../tables/number.ts';
import { type DistanceBias, distanceBias } from '../theory/distance-bias.ts';
import { extracting } from './extracting.ts';
import { type SideFlags, sideHelp, withImageFlags } from './image-flags.ts';
import {
  type KidOfSides,
  kidLines,
  kidOfSides,
  kidRecord,
  requireFeatures,
} from './kid-of-sides.ts';
import { biasNotes, described, sideLine, sideNotes, sizeNotes } from './side-notes.ts';

interface FidOptions extends SideFlags {
  readonly force?: boolean;
  readonly json?: boolean;
  readonly kid?: boolean;
}

/** `study fid`: the distance between two sets, and its terms. */
export function fidCommand(): Command {
  const command = new Command('fid')
    .description('FID between two sets, its terms, and how many images each side has')
    .argument('<ref>', 'the reference set')
    .argument('<gen>', 'the generated set')
    .option(
      '--kid',
      'also give KID, unbiased at any N: over all pairs and over 100 subsets of 1,000',
    )
    .option('--force', 'compare features of different models or modes')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(command).addHelpText('after', `\nEither set is ${sideHelp}`).action(fid);
}

async function fid(ref: string, gen: string, flags: FidOptions): Promise<void> {
  const { force = false, json = false, kid = false } = flags;
  const use = kid ? 'rows' : 'statistics';
  const sides = await extracting(flags, (options) =>
    openSides(ref, gen, options, { reference: use, generated: use }),
  );
  if (!sides) return;
  const { generated } = sides;
  try {
    requireComparable(sides.reference, generated, force);
    const features = kid ? requireFeatures(sides.reference, generated) : null;
    const algebra = sharedAlgebra();
    const reference = await cachedReference(sides.reference, algebra);
    const distance = await spectralDistanceOfSide(reference, generated, algebra);
    const rows = { generated: generated.rows, reference: sides.reference.rows };
    const bias = distanceBias(distance, rows);
    const { terms } = distance;
    const kids = features && (await kidOfSides(features, {}));
    if (features && !kids) return;
    const shown = json ? inJson : onScreen;
    console.log(shown(terms, bias, kids, sides.reference, generated));
  } finally {
    sides.reference.close();
    generated.close();
  }
}

function notes(
  { distance }: FrechetTerms,
  bias: DistanceBias,
  reference: Side,
  generated: Side,
): string[] {
  return [
    ...sideNotes(reference, generated),
    ...sizeNotes([reference, generated]),
    ...biasNotes(distance, bias, reference, generated),
  ];
}

type Kids = KidOfSides | null | undefined;

function inJson(
  terms: FrechetTerms,
  bias: DistanceBias,
  kids: Kids,
  reference: Side,
  generated: Side,
): string {
  const record = {
    fid: terms.distance,
    mean_term: terms.meanTerm,
    trace_reference: terms.traceReference,
    trace_generated: terms.traceGenerated,
    trace_sqrt: terms.traceSqrt,
    num_gen: generated.rows,
    num_ref: reference.rows,
    // First order, for Gaussian features; null if a side does not state its number of images.
    bias: {
      generated: bias.generated,
      reference: bias.reference,
      constant_generated: bias.constantGenerated,
      constant_reference: bias.constantReference,
    },
    ...(kids && kidRecord(kids)),
    reference: described(reference),
    generated: described(generated),
    notes: notes(terms, bias, reference, generated),
  };
  return JSON.stringify(record, null, 2);
}

function onScreen(
  terms: FrechetTerms,
  bias: DistanceBias,
  kids: Kids,
  reference: Side,
  generated: Side,
): string {
  const { distance, meanTerm, traceReference, traceGenerated, traceSqrt } = terms;
  const decimals = sensibleDecimals(terms);
  const lines: [string, number][] = [
    ['FID', distance],
    ['  |μ − m|²', meanTerm],
    ['  tr Q (reference)', traceReference],
    ['  tr P (generated)', traceGenerated],
    ['  tr (Q^½ P Q^½)^½', traceSqrt],
  ];
  const texts = lines.map(([, value]) => fixed(value, decimals));
  const width = Math.max(...texts.map((text) => text.length));
  return [
    ...lines.map(([name], i) => `${name.padEnd(19)}${texts[i]!.padStart(width)}`),
    ...(kids ? kidLines(kids) : []),
    `reference  ${sideLine(reference)}`,
    `generated  ${sideLine(generated)}`,
    ...notes(terms, bias, reference, generated).map((note) => `note: ${note}`),
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
