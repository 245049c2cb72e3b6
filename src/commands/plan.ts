import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import { requirePower } from '../answers/plan/fid-errors.ts';
import { curveTable, planAnswer, planTargets, sizeNotes } from '../answers/plan/lines.ts';
import { type Plan, type PlanQuestion, planImages } from '../answers/plan/plan.ts';
import { planChart } from '../charts/plan.ts';
import { renderCharts } from '../charts/render.ts';
import { reportName, writeReport } from '../charts/report/folder.ts';
import { StudyError } from '../errors.ts';
import { environment } from '../provenance/environment.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { setName } from '../sides/set-name.ts';
import { toCsv } from '../tables/csv.ts';
import { textTable } from '../tables/text-table.ts';
import { placed } from './conventions.ts';
import { extracting } from './extracting.ts';
import { type SideFlags, withImageFlags } from './image-flags.ts';
import { type PlanSource, planSource } from './plan-source.ts';
import { type PublishedConstantFlags, withPublishedConstant } from './published-constant.ts';
import { writeResultFolder } from './result-folder.ts';
import { probability, realNumber, share, sizeOrInfinity } from './whole-number.ts';

interface PlanFlags extends SideFlags, PublishedConstantFlags {
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
  if (flags.json)
    console.log(
      JSON.stringify({ ...record(source, question, plan), ...placed(folder, files) }, infinite, 2),
    );
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
    answer: planAnswer(source.errors, question, plan),
    environment: environment(),
  };
  const files = await writeResultFolder(folder, tables, manifest, infinite);
  const spec = planChart(nameOf(source.name), plan.curve, planTargets(question, plan));
  const [chart] = await renderCharts([{ name: 'plan', spec }], folder);
  await writeReport(folder);
  return [...files, ...chart!.paths.map((path) => basename(path)), reportName];
}

function lines(source: PlanSource, question: PlanQuestion, plan: Plan): string[] {
  const answers = planAnswer(source.errors, question, plan);
  return [
    ...answers.slice(0, -1),
    '',
    textTable(curveTable(plan)),
    '',
    ...answers.slice(-1),
    ...source.notes.map((note) => `note: ${note}`),
    ...sizeNotes(plan, source.errors.constant.dimension).map((note) => `note: ${note}`),
  ];
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
