import { Command } from 'commander';
import {
  type BiasConstant,
  type DatasetConstant,
  datasetConstant,
  givenConstant,
} from '../answers/correct/bias-constant.ts';
import { type Correction, correctFid } from '../answers/correct/correct.ts';
import { count, explainCorrection } from '../answers/correct/explain.ts';
import { FID_NETWORK } from '../answers/correct/networks.ts';
import { correctionNotes } from '../answers/correct/notes.ts';
import type { Sizes } from '../answers/correct/pair-constant.ts';
import { type PublishedPair, publishedPairs } from '../answers/correct/pairs.ts';
import {
  type ReferenceConstant,
  referenceConstant,
  referenceNote,
} from '../answers/correct/reference-constant.ts';
import { StudyError } from '../errors.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { openSide } from '../sides/open.ts';
import { requireUsed } from '../sides/used-options.ts';
import { percent, roundToError, thousands } from '../tables/number.ts';
import { extracting } from './extracting.ts';
import { type ImageFlags, imageOptions, withImageFlags } from './image-flags.ts';
import {
  constantChoice,
  knownDatasets,
  type PublishedConstantFlags,
  withPublishedConstant,
} from './published-constant.ts';
import { described, sideNotes } from './side-notes.ts';
import { realNumber, sizeOrInfinity, wholeNumber } from './whole-number.ts';

interface CorrectFlags extends ImageFlags, PublishedConstantFlags {
  readonly fid: number;
  readonly from: number;
  readonly to: number;
  readonly model?: string;
  readonly reference?: string;
  readonly constant?: number;
  readonly constantSe?: number;
  readonly referenceSize?: number;
  readonly toReferenceSize?: number;
  readonly leaveOut: readonly string[];
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** `study correct`: what a reported FID would be at another number of images. */
export function correctCommand(): Command {
  const command = new Command('correct')
    .description('convert a reported FID to another number of images, with a 95 % interval')
    .requiredOption('--fid <value>', 'the reported FID', reportedFid)
    .requiredOption('--from <n>', 'generated images behind it', wholeNumber('--from', 2))
    .requiredOption('--to <n>', 'generated images wanted, or inf', sizeOrInfinity('--to'))
    .option('--reference <path>', 'with the constant of this set of real images')
    .option('--constant <C>', 'with this constant: bias is C/N', realNumber('--constant', 0))
    .option('--constant-se <se>', 'its standard error', realNumber('--constant-se', 0))
    .option(
      '--reference-size <n>',
      'reference images behind the reported FID, or inf',
      sizeOrInfinity('--reference-size'),
    )
    .option(
      '--to-reference-size <n>',
      'reference images wanted, or inf (default: the same)',
      sizeOrInfinity('--to-reference-size'),
    )
    .option(
      '--leave-out <text>',
      'leave out published pairs by part of the model name (repeatable)',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option('--explain', 'list the sources and the arithmetic')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(withPublishedConstant(command)).addHelpText('after', help).action(run);
}

/** An FID of 0 can be printed as −5e-5, by rounding in the square root. */
const LEAST_FID = -1e-3;

/** @throws StudyError for a number that no program reports */
function reportedFid(text: string): number {
  const fid = realNumber('--fid')(text);
  if (fid >= LEAST_FID) return fid;
  throw new StudyError(`invalid --fid: ${text}`, 'a distance is 0 or more, up to rounding');
}

const help = `
Examples:
  study correct --fid 9.75 --from 5000 --to 50000 --dataset cifar10 --label-protocol none
  study correct --fid 12.07 --from 10000 --to 50000 --dataset imagenet --label-protocol random
Without --model constants of data sets hold for the FID Inception alone; the pair 5.12 and 9.75 is in
none of them. Balanced labels have less bias than random ones: 15 % less on ImageNet.`;

async function run(flags: CorrectFlags): Promise<void> {
  const { fid, from: generated, to: wanted, referenceSize = null } = flags;
  const { toReferenceSize = referenceSize, explain = false, json = false } = flags;
  if (referenceSize === null && toReferenceSize !== null) {
    throw new StudyError(
      `--to-reference-size ${toReferenceSize} without the size behind the reported FID`,
      'give --reference-size too',
    );
  }
  const from: Sizes = { generated, reference: referenceSize };
  const to: Sizes = { generated: wanted, reference: toReferenceSize };
  const all = publishedPairs();
  const pairs = withoutNamed(all, flags.leaveOut);
  const found = await constantOf(flags, pairs);
  if (!found) return;
  const { constant, reference } = found;
  const result = correctFid(fid, from, to, constant);
  const notes = [
    ...constantNotes(flags, constant),
    ...found.notes,
    ...assumedNotes(from, to),
    ...correctionNotes(from, to, constant, result, all),
  ];
  if (json) {
    const record = { ...inJson(fid, from, to, constant, result), reference, notes };
    console.log(JSON.stringify(record, jsonNumber, 2));
    return;
  }
  console.log(headline(fid, from, to, result));
  console.log(constantLine(constant, flags));
  if (explain) {
    for (const line of explainCorrection(fid, from, to, constant, result, all)) console.log(line);
  }
  for (const note of notes) console.log(`note: ${note}`);
}

function withoutNamed(pairs: readonly PublishedPair[], names: readonly string[]): PublishedPair[] {
  const has = (model: string, name: string) => model.toLowerCase().includes(name.toLowerCase());
  for (const name of names) {
    if (pairs.some(({ model }) => has(model, name))) continue;
    throw new StudyError(`no published pair of a model called ${name}`, '--explain lists them');
  }
  return pairs.filter(({ model }) => !names.some((name) => has(model, name)));
}

/** A constant, and the set that it comes from. */
interface FoundConstant {
  readonly constant: AnyConstant;
  readonly reference: ReturnType<typeof described> | null;
  readonly notes: readonly string[];
}

/** @returns undefined when it was interrupted */
async function constantOf(
  flags: CorrectFlags,
  pairs: readonly PublishedPair[],
): Promise<FoundConstant | undefined> {
  const { dataset, reference, constant, constantSe } = flags;
  const given = [dataset, reference, constant].filter((source) => source !== undefined);
  if (given.length !== 1) {
    throw new StudyError(
      given.length === 0 ? 'no constant to correct with' : 'more than one constant to correct with',
      `give one of --dataset (${knownDatasets()}), --reference or --constant`,
    );
  }
  if (constantSe !== undefined && constant === undefined) {
    throw new StudyError(`--constant-se ${constantSe} without --constant`, 'give both');
  }
  const choice = constantChoice(flags);
  if (reference === undefined) {
    // For published numbers the model is the network behind them.
    const { model, ...others } = imageOptions(flags);
    requireUsed([], dataset === undefined ? { model, ...others } : others);
    const found =
      dataset === undefined
        ? givenConstant(constant!, constantSe ?? 0, pairs)
        : datasetConstant(dataset, pairs, choice);
    return { constant: found, reference: null, notes: [] };
  }
  const side = await extracting(flags, (options) => openSide(reference, options));
  if (!side) return undefined;
  try {
    const found = await referenceConstant(side, pairs, sharedAlgebra());
    return { constant: found, reference: described(side), notes: sideNotes(side) };
  } finally {
    side.close();
  }
}

/** What is assumed about a reference that does not state its number of images. */
function assumedNotes(from: Sizes, to: Sizes): string[] {
  if (from.reference !== null) return [];
  const end = Number.isFinite(to.generated) ? '' : ', at infinity too';
  return [
    `the number M of reference images is not stated: the same M is assumed for both FIDs, so the reference's bias C/M stays${end} (--reference-size)`,
  ];
}

function constantNotes({ constant, constantSe }: CorrectFlags, found: AnyConstant): string[] {
  if ('basis' in found) return [referenceNote(found)];
  if (constant !== undefined && constantSe === undefined) {
    return ['the constant counts as exact: --constant-se widens the interval'];
  }
  return [];
}

type AnyConstant = BiasConstant | DatasetConstant | ReferenceConstant;

const BASIS: Readonly<Record<ReferenceConstant['basis'], string>> = {
  'fourth-moments': 'fourth moments',
  spectrum: 'the spectrum',
};

function headline(fid: number, from: Sizes, to: Sizes, result: Correction): string {
  const at = ({ generated, reference }: Sizes) =>
    `${count(generated)} images${reference === null ? '' : ` against ${count(reference)}`}`;
  const { fid: corrected, lower, upper } = result;
  // Two digits of the half-width.
  const shown = (value: number) => roundToError(value, (upper - lower) / 20).value;
  return `FID ${fid} with ${at(from)} → ${shown(corrected)} with ${at(to)}, 95 % interval ${shown(lower)} to ${shown(upper)}`;
}

function constantLine(constant: AnyConstant, { reference }: CorrectFlags) {
  const { value, se, spread } = constant;
  const rounded = roundToError(value, se > 0 ? se : null);
  const number = (text: string | null) => thousands(Number(text));
  const error = se > 0 ? ` ± ${number(rounded.error)}` : '';
  const between = spread > 0 ? `, ${percent(spread)} between models` : '';
  const of =
    'dataset' in constant
      ? `: ${ofDataset(constant)}`
      : 'basis' in constant
        ? `: from ${BASIS[constant.basis]} of ${reference}`
        : ': as given';
  return `C = ${number(rounded.value)}${error}${between}${of}`;
}

/** `imagenet, random labels, 3 published pairs (--explain lists them)` */
function ofDataset({ dataset, network, labelProtocol, pairs }: DatasetConstant): string {
  const count = `${pairs.length} published pair${pairs.length === 1 ? '' : 's'} (--explain lists them)`;
  const labels = labelProtocol && labelProtocol !== 'none' ? [`${labelProtocol} labels`] : [];
  const by = network === FID_NETWORK ? [] : [network];
  return [dataset, ...by, ...labels, count].join(', ');
}

function inJson(
  fid: number,
  from: Sizes,
  to: Sizes,
  constant: AnyConstant,
  { fid: corrected, ...result }: Correction,
) {
  return {
    reported: { fid, num_gen: from.generated, num_ref: from.reference },
    corrected: { fid: corrected, num_gen: to.generated, num_ref: to.reference },
    ...result,
    constant,
  };
}

/** JSON has no infinity; it is written as `inf`, which the flags accept. */
function jsonNumber(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'inf' : value;
}
