import { Command } from 'commander';
import { StudyError } from '../errors.ts';
import { requireComparable } from '../sides/comparable.ts';
import { openSides } from '../sides/open.ts';
import type { Side } from '../sides/side.ts';
import { extracting } from './extracting.ts';
import { type SideFlags, sideHelp, withImageFlags } from './image-flags.ts';
import {
  type KidFlags,
  type KidOfSides,
  kidLines,
  kidOfSides,
  kidRecord,
  requireFeatures,
} from './kid-of-sides.ts';
import { described, sideLine, sideNotes } from './side-notes.ts';
import { wholeNumber } from './whole-number.ts';

interface KidOptions extends SideFlags, KidFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `study kid`: Kernel Inception Distance, the measure that is unbiased at any N. */
export function kidCommand(): Command {
  const command = new Command('kid')
    .description('KID between two sets: over all pairs, and over subsets as in other tools')
    .argument('<ref>', 'the reference set')
    .argument('<gen>', 'the generated set')
    .option('--no-full', 'leave out the KID of all pairs')
    .option('--subsets <n>', 'random subsets, 0 for none', wholeNumber('--subsets'), 100)
    .option('--subset-size <n>', 'images per subset', wholeNumber('--subset-size', 2), 1000)
    .option('--seed <n>', 'seed of the subsets', wholeNumber('--seed'), 0)
    .option('--force', 'compare features of different models or modes')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(command).addHelpText('after', help).action(run);
}

const help = `
Either set is ${sideHelp}
KID needs features or images, not statistics.

KID of all pairs is the unbiased U-statistic, ± its standard error. KID of subsets is what torch-fidelity
and clean-fid print: mean ± SD of 100 subsets of 1,000; the SD is that of one subset.`;

async function run(ref: string, gen: string, flags: KidOptions): Promise<void> {
  const { force = false, json = false, full, subsets, subsetSize, seed } = flags;
  if (full === false && subsets === 0) {
    throw new StudyError('--no-full with --subsets 0', 'leave one of them out');
  }
  const sides = await extracting(flags, (options) =>
    openSides(ref, gen, options, { reference: 'rows', generated: 'rows' }),
  );
  if (!sides) return;
  const { reference, generated } = sides;
  try {
    requireComparable(reference, generated, force);
    const features = requireFeatures(reference, generated);
    const kids = await kidOfSides(features, { full, subsets, subsetSize, seed });
    if (kids)
      console.log(json ? inJson(kids, reference, generated) : onScreen(kids, reference, generated));
  } finally {
    reference.close();
    generated.close();
  }
}

function inJson(kids: KidOfSides, reference: Side, generated: Side): string {
  const record = {
    ...kidRecord(kids),
    reference: described(reference),
    generated: described(generated),
    notes: notes(kids, reference, generated),
  };
  return JSON.stringify(record, null, 2);
}

function onScreen(kids: KidOfSides, reference: Side, generated: Side): string {
  return [
    ...kidLines(kids),
    `reference  ${sideLine(reference)}`,
    `generated  ${sideLine(generated)}`,
    ...notes(kids, reference, generated).map((note) => `note: ${note}`),
  ].join('\n');
}

function notes({ full, subsets }: KidOfSides, reference: Side, generated: Side): string[] {
  const list = sideNotes(reference, generated);
  if (reference.sha256 === generated.sha256) {
    list.push('both sides are the same features: they are not independent, and KID is too small');
  }
  if ((full?.kid ?? 0) < 0 || (subsets?.mean ?? 0) < 0) {
    list.push('KID is unbiased: near 0 it can be negative');
  }
  return list;
}
