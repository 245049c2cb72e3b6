import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { diskError } from '../arrays/disk.ts';
import { objectOf, parseJson, withoutSchema } from '../arrays/json.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import { StudyError } from '../errors.ts';
import { readGenerator } from '../generators/generator.ts';
import { metricNames } from '../metrics/registry.ts';
import { checkSeal } from '../provenance/manifest.ts';
import { sweepLines } from '../studies/sweep/lines.ts';
import { SWEEP_FORMAT } from '../sweep/files.ts';
import { settingsSchema } from '../sweep/settings.ts';
import { parseSeedList } from '../sweep/sizes.ts';
import { sweep } from '../sweep/sweep.ts';
import type { SweepOutput } from '../sweep/to-folder.ts';
import { wrote } from './conventions.ts';
import { arrayOf, type EngineFlags, orUnfinished, withEngineFlags } from './engine-flags.ts';
import { showExtraction } from './extracting.ts';
import { type GeneratorFlags, generatorPath, withGeneratorFlags } from './generator-flags.ts';
import { imageOptions, type SideFlags, withImageFlags } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { labelsFlag } from './labels-flag.ts';
import { duration, showProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

interface SweepFlags extends SideFlags, EngineFlags, GeneratorFlags {
  readonly generated?: string;
  readonly labels?: string;
  readonly replacement?: boolean;
  readonly config?: string;
  readonly out?: string;
  readonly workers?: number;
  readonly restart?: boolean;
  readonly seedList?: number[];
}

/** `study sweep`: FID per seeded draw at each number of images. */
export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('FID of seeded draws at each number of images: bias and spread, charts and CSV')
    .option('--source <name>', 'a built-in surrogate (cifar10-cfm), or the JSON file of your own')
    .option('--reference <path>', 'features, statistics or images of the real set')
    .option('--generated <path>', 'features or images to draw from')
    .option(
      '--metric <list>',
      `what is computed of each draw: all, or some of ${metricNames.join(', ')} (default: fid)`,
    )
    .option(
      '--reference-rows <n>',
      'rows of a surrogate’s reference for metrics besides FID (default: the largest size)',
      wholeNumber('--reference-rows', 2),
    )
    .option('--sizes <list>', 'numbers of images: 5000,50000 or 1000:50000:log15')
    .option('--seeds <n>', 'number of draws at each size', wholeNumber('--seeds', 1))
    .option('--seed-list <list>', 'the seeds themselves, such as 1,2,7', parseSeedList)
    .option('--study-seed <n>', 'root of all seeds', wholeNumber('--study-seed'))
    .option('--replacement', 'draw from the pool with replacement')
    .option(...labelsFlag)
    .option('--no-nested', 'draw each size separately, not as a prefix of the seed’s largest draw')
    .option(
      '--exact-moments',
      'draw a surrogate’s moments, not its rows: N = 10⁷ is as fast as 10⁴',
    )
    .option('--rows', 'draw every row of a surrogate, not the moments of blocks of rows')
    .addOption(
      new Option('--estimand <kind>', 'what bias is measured against').choices([
        'auto',
        'population',
        'intercept',
        'pool',
      ]),
    )
    .option('--experiment <name>', 'name in the tables (default: the source’s)')
    .option('--workers <n>', 'worker threads (default: one per core)', wholeNumber('--workers', 1))
    .option('--out <dir>', 'folder for the files (default: runs/NAME-HASH)')
    .option('--config <file>', 'settings as JSON, or a sweep’s manifest.json; flags override it')
    .option('--timings', 'fill the seconds column, which differs from run to run')
    .option('--restart', 'discard the draws of another sweep in --out')
    .option('--force', 'compare features of different models or modes');
  withGeneratorFlags(command.optionsGroup('For a generator:'), 'and to draw from');
  return withEngineFlags(withImageFlags(command)).addHelpText('after', help).action(run);
}

const help = `
--generator GEN.onnx --count N is --generated GEN.onnx:N:SEED. Draws of a generator with balanced classes keep
the class shares.

The default source is the built-in surrogate cifar10-cfm: Gaussian embeddings of 2048 dimensions,
calibrated to published FIDs. Ctrl-C keeps the finished draws; the same command resumes.`;

async function run(flags: SweepFlags, command: Command): Promise<void> {
  const input = {
    ...(await readConfig(flags.config)),
    ...settingsGiven(command),
    ...(await generatorSettings(flags)),
  };
  const extraction = showExtraction();
  const progress = showProgress('drawing', 'rows');
  const start = performance.now();
  const swept = async (signal: AbortSignal) => {
    try {
      return await sweep(input, {
        ...imageOptions(flags),
        out: flags.out,
        array: arrayOf(flags, flags.out, signal),
        workers: flags.workers,
        restart: flags.restart,
        signal,
        onExtraction: extraction.onProgress,
        onProgress: progress.update,
        onNotice: progress.notice,
        command: ['study', ...process.argv.slice(2)],
      });
    } finally {
      extraction.stop();
      progress.stop();
    }
  };
  const output = await orUnfinished(
    () => interruptible(swept, 'the finished draws are kept'),
    flags,
  );
  if (output) print(output, (performance.now() - start) / 1000);
}

/** What --generator sets: the images to draw from, and their classes where each has its share. */
async function generatorSettings(flags: SweepFlags): Promise<object> {
  const generated = generatorPath(flags);
  if (generated === undefined) return {};
  if (flags.generated !== undefined) {
    throw new StudyError(
      `--generated ${flags.generated} with --generator ${flags.generator}`,
      'give one of the two',
    );
  }
  const { classes } = (await readGenerator(flags.generator!)).description;
  const hasShares = classes?.labels === 'balanced' && flags.labels === undefined;
  return { generated, ...(hasShares && !flags.replacement && { labels: generated }) };
}

async function readConfig(path: string | undefined): Promise<object> {
  if (path === undefined) return {};
  const text = await readText(path, longestOfUsers).catch((error) => {
    throw diskError(error, path);
  });
  const wrong = `${path} holds no settings`;
  const json = objectOf(parseJson(text, path, CONFIG), wrong, CONFIG);
  checkSeal(json, path, 'copy its settings into a file of their own to change them');
  if (json.format === SWEEP_FORMAT) return objectOf(json.settings, wrong, CONFIG);
  return withoutKind(withoutSchema(json), path);
}

const CONFIG = 'name a file of settings, such as experiments/cifar10-cfm.json, or a manifest.json';

/** An experiment names its kind of study. Here it must be a sweep. */
function withoutKind({ study = 'sweep', ...settings }: Record<string, unknown>, path: string) {
  if (study === 'sweep') return settings;
  const kind = JSON.stringify(study);
  throw new StudyError(`${path} is not a sweep but a study of kind ${kind}`, `study run ${path}`);
}

/** Settings given as flags; the rest comes from the config and the defaults. */
function settingsGiven(command: Command): Record<string, unknown> {
  const { seedList, ...flags } = command.opts<SweepFlags>();
  const given = Object.entries({ ...flags, ...(seedList && { seeds: seedList }) })
    .filter(([name]) => command.getOptionValueSource(name) !== 'default')
    .map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]);
  return Object.fromEntries(given.filter(([name]) => settingNames.has(name as string)));
}

const settingNames = new Set(Object.keys(settingsSchema.shape));

function print(output: SweepOutput, seconds: number): void {
  const { estimates, folder, files } = output;
  for (const line of sweepLines(output)) console.log(line);
  // Some failed draws are a result; no draw at all is a failure.
  if (estimates.every(({ status }) => status === 'failed')) process.exitCode = 1;
  console.log(`${estimates.length} draws in ${duration(seconds)}`);
  wrote(folder, files);
  console.log(`${files.map((file) => basename(file)).join(', ')} are in ${folder}`);
}
