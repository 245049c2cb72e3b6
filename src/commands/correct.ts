import { Command } from 'commander';
import { answerCorrection, type CorrectionQuestion } from '../answers/correct/answer.ts';
import { datasetConstant, givenConstant } from '../answers/correct/bias-constant.ts';
import { explainCorrection } from '../answers/correct/explain.ts';
import type { Sizes } from '../answers/correct/pair-constant.ts';
import { type PublishedPair, publishedPairs } from '../answers/correct/pairs.ts';
import { type Versus, versus, versusLine } from '../answers/correct/versus.ts';
import { StudyError } from '../errors.ts';
import { requireEntries } from '../sides/required-entries.ts';
import { requireUsed } from '../sides/used-options.ts';
import { placed } from './conventions.ts';
import type { writeCorrection as WriteCorrection } from './correct-record.ts';
import type { FoundConstant } from './correct-reference.ts';
import { imageOptions, type SideFlags, withImageFlags } from './image-flags.ts';
import { jsonNumber } from './json-number.ts';
import {
  constantChoice,
  knownDatasets,
  type PublishedConstantFlags,
  withPublishedConstant,
} from './published-constant.ts';
import { realNumber, sizeOrInfinity, wholeNumber } from './whole-number.ts';

interface CorrectFlags extends SideFlags, PublishedConstantFlags {
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
  readonly versus?: number;
  readonly versusFrom?: number;
  readonly explain?: boolean;
  readonly out?: string;
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
    .option('--versus <value>', 'another reported FID: which of the two is better', reportedFid)
    .option('--versus-from <n>', 'generated images behind it', wholeNumber('--versus-from', 2))
    .option('--explain', 'list the sources and the arithmetic')
    .option('--out <dir>', 'folder for CSV, chart, manifest and report')
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
  if (flags.out !== undefined) await requireFolder(flags.out);
  const from: Sizes = { generated, reference: referenceSize };
  const to: Sizes = { generated: wanted, reference: toReferenceSize };
  const all = publishedPairs();
  const pairs = withoutNamed(all, flags.leaveOut);
  const found = await constantOf(flags, pairs);
  if (!found) return;
  const { constant, reference } = found;
  const question = {
    fid,
    from,
    to,
    constant,
    isExact: flags.constant !== undefined && flags.constantSe === undefined,
    reference: flags.reference,
    sideNotes: found.notes,
  };
  const answer = answerCorrection(question, all);
  const { result, lines, notes } = answer;
  const compared = versusOf(flags, question);
  const record = {
    ...answer.record,
    ...(compared && { versus: compared }),
    reference,
    notes,
  };
  const files = flags.out === undefined ? [] : await writtenTo(flags.out, question, answer, record);
  if (json) {
    console.log(JSON.stringify({ ...record, ...placed(flags.out, files) }, jsonNumber, 2));
    return;
  }
  for (const line of lines) console.log(line);
  if (compared) console.log(versusLine(compared, to));
  if (explain) {
    for (const line of explainCorrection(fid, from, to, constant, result, all)) console.log(line);
  }
  for (const note of notes) console.log(`note: ${note}`);
  if (files.length > 0) console.log(`${files.join(', ')} are in ${flags.out}`);
}

/** Manifests, charts and reports take longer to load than an answer takes. */
async function requireFolder(folder: string): Promise<void> {
  const { requireOutFolder } = await import('../provenance/out-folder.ts');
  await requireOutFolder(folder, 'correction');
}

async function writtenTo(...of: Parameters<typeof WriteCorrection>): Promise<string[]> {
  const { writeCorrection } = await import('./correct-record.ts');
  return writeCorrection(...of);
}

/** The other reported FID, against the same references, compared at the N wanted. */
function versusOf(
  { versus: other, versusFrom }: CorrectFlags,
  { fid, from, to, constant }: CorrectionQuestion,
): Versus | undefined {
  if ((other === undefined) !== (versusFrom === undefined)) {
    throw new StudyError('one of --versus and --versus-from without the other', 'give both');
  }
  if (other === undefined || versusFrom === undefined) return undefined;
  const sizes = { ...from, generated: versusFrom };
  return versus({ fid, sizes: from }, { fid: other, sizes }, to, constant);
}

function withoutNamed(pairs: readonly PublishedPair[], names: readonly string[]): PublishedPair[] {
  const has = (model: string, name: string) => model.toLowerCase().includes(name.toLowerCase());
  for (const name of names) {
    if (pairs.some(({ model }) => has(model, name))) continue;
    throw new StudyError(`no published pair of a model called ${name}`, '--explain lists them');
  }
  return pairs.filter(({ model }) => !names.some((name) => has(model, name)));
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
    requireEntries([], flags.entry ?? []);
    const found =
      dataset === undefined
        ? givenConstant(constant!, constantSe ?? 0, pairs)
        : datasetConstant(dataset, pairs, choice);
    return { constant: found, reference: null, notes: [] };
  }
  const { constantOfReference } = await import('./correct-reference.ts');
  return constantOfReference(reference, flags, pairs);
}
