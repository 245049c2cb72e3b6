import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import { requirePower } from '../answers/plan/fid-errors.ts';
import { type Plan, type PlanQuestion, planImages } from '../answers/plan/plan.ts';
import { planChart } from '../charts/plan.ts';
import { renderCharts } from '../charts/render.ts';
import { reportName, writeReport } from '../charts/report/folder.ts';
import { StudyError } from '../errors.ts';
import { environment } from '../provenance/environment.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { setName } from '../sides/set-name.ts';
import { toCsv } from '../tables/csv.ts';
import { grouped, roundToError, thousands } from '../tables/number.ts';
import { textTable } from '../tables/text-table.ts';
import { extracting } from './extracting.ts';
import { type ImageFlags, withImageFlags } from './image-flags.ts';
import { type PlanSource, planSource } from './plan-source.ts';
import { type PublishedConstantFlags, withPublishedConstant } from './published-constant.ts';
import { writeResultFolder } from './result-folder.ts';
import { probability, realNumber, share, sizeOrInfinity } from './whole-number.ts';

interface PlanFlags extends ImageFlags, PublishedConstantFlags {
  readonly bias?: number;
  readonly difference?: number;
  readonly power: number;
  readonly level: number;
  readonly correlation: number;
  readonly fid?: number;
  readonly model?: string;
  readonly constant?: number;
  readonly constantSe?: number;
  readonly reference?: string;
  readonly generated?: string;
  readonly referenceSize: number;
  readonly force?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `study plan`: how many images an FID needs. */
export function planCommand(): Command {
  const command = new Command('plan')
    .description('how many images for a bias below ε, or to tell two models apart')
    .option('--bias <ε>', 'largest acceptable bias of the FID', realNumber('--bias', 0))
    .option(
      '--difference <δ>',
      'smallest difference between two models to detect',
      realNumber('--difference', 0),
    )
    .option('--power <p>', 'probability of detecting that difference', probability('--power'), 0.8)
    .option('--level <α>', 'two-sided level of the test', probability('--level'), 0.05)
    .option(
      '--correlation <ρ>',
      'correlation of the FIDs of paired samples; 0 is independent',
      share('--correlation'),
      0,
    )
    .option(
      '--fid <value>',
      'approximate FID of the models, for its spread',
      realNumber('--fid', 0),
    )
    .option('--reference <path>', 'with the constant of this set of real images')
    .option('--generated <path>', 'a pilot pool of generated features or images')
    .option('--constant <C>', 'with this constant: bias is C/N', realNumber('--constant', 0))
    .option('--constant-se <se>', 'its standard error', realNumber('--constant-se', 0))
    .addOption(
      new Option('--reference-size <n>', 'add the bias of a reference of n images')
        .argParser(sizeOrInfinity('--reference-size'))
        .default(Number.POSITIVE_INFINITY, 'inf'),
    )
    .option('--force', 'compare features of different models or modes')
    .option('--out <dir>', 'folder for the table and chart (default: runs/plan-NAME)')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(withPublishedConstant(command)).addHelpText('after', help).action(run);
}

const help = `
Examples:
  study plan --bias 0.5 --dataset cifar10
  study plan --difference 0.3 --fid 4 --dataset cifar10
  study plan --bias 0.1 --difference 0.05 --reference real --generated pilot
Two models are compared at equal N, against the same reference, with independent samples unless
--correlation says otherwise. A possible difference between their biases is included.`;

async function run(flags: PlanFlags): Promise<void> {
  const { bias, difference, power, level, correlation, referenceSize } = flags;
  if (bias === undefined && difference === undefined) {
    throw new StudyError('nothing to plan for', 'give --bias, --difference or both');
  }
  requirePower({ power, level });
  if (flags.out !== undefined) await requireOutFolder(flags.out, 'plan');
  for (const [name, value] of [
    ['--bias', bias],
    ['--difference', difference],
  ] as const) {
    if (value === 0) throw new StudyError(`invalid ${name}: 0`, 'no number of images reaches that');
  }
  const source = await extracting(flags, (options) => planSource(flags, options));
  if (!source) return;
  if (difference !== undefined && !source.hasSpread) {
    throw new StudyError(
      `--difference ${difference} needs the spread of FID, which is unknown`,
      'it depends on the models: give their approximate FID (--fid) or a pilot (--generated)',
    );
  }
  const question = { bias, difference, power, level, correlation, referenceSize };
  const plan = planImages(source.errors, question);
  const folder = flags.out ?? join('runs', `plan-${nameOf(source.name)}`);
  await requireOutFolder(folder, 'plan');
  const files = await write(folder, source, question, plan);
  if (flags.json) console.log(JSON.stringify(record(source, question, plan), infinite, 2));
  else for (const line of lines(source, question, plan)) console.log(line);
  if (!flags.json) console.log(`${files.join(', ')} are in ${folder}`);
}

/** The name of a set, a data set or a constant, for a folder. */
function nameOf(source: string): string {
  return setName(source).replace(/[^\w.-]+/g, '-');
}

async function write(
  folder: string,
  source: PlanSource,
  question: PlanQuestion,
  plan: Plan,
): Promise<string[]> {
  const columns = [
    'size',
    'bias',
    'bias_lower',
    'bias_upper',
    'sd',
    'detectable_difference',
  ] as const;
  const tables = { 'plan.csv': toCsv(columns, plan.curve) };
  const manifest = {
    ...record(source, question, plan),
    answer: planAnswer(source, question, plan),
    environment: environment(),
  };
  const files = await writeResultFolder(folder, tables, manifest, infinite);
  const { forBias, forDifference } = plan;
  const targets = [
    ...(question.bias === undefined
      ? []
      : [{ of: 'bias', value: question.bias, size: forBias?.size ?? Infinity } as const]),
    ...(question.difference === undefined
      ? []
      : [{ of: 'difference', value: question.difference, size: forDifference! } as const]),
  ];
  const spec = planChart(nameOf(source.name), plan.curve, targets);
  const [chart] = await renderCharts([{ name: 'plan', spec }], folder);
  await writeReport(folder);
  return [...files, ...chart!.paths.map((path) => basename(path)), reportName];
}

function lines(source: PlanSource, question: PlanQuestion, plan: Plan): string[] {
  const answers = planAnswer(source, question, plan);
  return [
    ...answers.slice(0, -1),
    '',
    curveTable(plan),
    '',
    ...answers.slice(-1),
    ...source.notes.map((note) => `note: ${note}`),
    ...sizeNotes(plan, source.errors.constant.dimension),
  ];
}

/** A line for each question, then the constant that they are answered by. */
function planAnswer({ errors }: PlanSource, question: PlanQuestion, plan: Plan): string[] {
  const { forBias, forDifference, safeForDifference } = plan;
  const { value, error } = roundToError(errors.constant.value, errors.constant.se || null);
  return [
    ...answerForBias(question, forBias),
    ...(forDifference === undefined
      ? []
      : [
          `difference of ${question.difference}: ${thousands(forDifference)} images of each model, found with power ${question.power} at level ${question.level}, ${question.correlation === 0 ? 'independent samples' : `FIDs correlated by ${question.correlation}`}${safely(safeForDifference)}`,
        ]),
    `bias is C/N with C = ${grouped(value)}${error === null ? '' : ` ± ${grouped(error)}`}`,
  ];
}

/** What it takes where σ² is from a pilot, which is rarely sure of it. */
function safely(size: number | null | undefined): string {
  if (size === null || size === undefined) return '';
  const safe = Number.isFinite(size)
    ? `${thousands(size)} images`
    : 'no number of images is enough';
  return `; ${safe} to be 95 % sure of the spread, which the pilot leaves open`;
}

function answerForBias({ bias, referenceSize }: PlanQuestion, found: Plan['forBias']): string[] {
  if (found === undefined) return [];
  if (found === null) {
    return [
      `bias below ${bias}: no number of images is enough; ${thousands(referenceSize)} reference images alone add more`,
    ];
  }
  if (found.safeSize === null) {
    return [
      `bias below ${bias}: about ${thousands(found.size)} images by a rough C; no number is certain to be enough`,
    ];
  }
  const safe = Number.isFinite(found.safeSize)
    ? `${thousands(found.safeSize)} to be 95 % sure of C`
    : 'no number of images is certain to be enough';
  return [`bias below ${bias}: ${thousands(found.size)} images; ${safe}`];
}

function curveTable({ curve }: Plan): string {
  const hasSpread = curve.some((point) => point.detectable_difference !== null);
  const short = (value: number) => String(Number(value.toPrecision(2)));
  const header = ['N', 'bias', '95 % interval', 'SD', 'detectable difference'];
  const rows = curve.map((point) => [
    thousands(point.size),
    short(point.bias),
    point.bias_lower === null || point.bias_upper === null
      ? '–'
      : `${short(point.bias_lower)} to ${short(point.bias_upper)}`,
    short(point.sd),
    point.detectable_difference === null ? '' : short(point.detectable_difference),
  ]);
  const shown = hasSpread ? header.length : 3;
  return textTable({
    header: header.slice(0, shown),
    rows: rows.map((cells) => cells.slice(0, shown)),
  });
}

function sizeNotes({ forBias, forDifference }: Plan, dimension: number): string[] {
  const smallest = Math.min(forBias?.size ?? Infinity, forDifference ?? Infinity);
  return smallest <= dimension
    ? [
        `note: ${thousands(smallest)} images do not exceed the ${thousands(dimension)} dimensions: bias does not follow C/N in that range`,
      ]
    : [];
}

function record({ name, errors, notes, sides }: PlanSource, question: PlanQuestion, plan: Plan) {
  return {
    format: 'fid-study plan 1',
    source: name,
    question,
    precision: errors,
    ...plan,
    sides,
    notes,
  };
}

/** JSON has no infinity; it is written as `inf`, which the flags accept. */
function infinite(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'inf' : value;
}
