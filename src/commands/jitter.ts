import { join } from 'node:path';
import { Command, Option } from 'commander';
import { providers } from '../embeddings/provider.ts';
import { optimizations } from '../embeddings/session.ts';
import { StudyError } from '../errors.ts';
import { openImages } from '../images/open.ts';
import { instructionSets } from '../studies/jitter/variations.ts';
import { runOne } from '../studies/run.ts';
import { arrayOf, type EngineFlags, orUnfinished, withEngineFlags } from './engine-flags.ts';
import { modeFlag, modelHelp } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { printStudy } from './run.ts';
import { studyRun } from './study-services.ts';
import { wholeNumber } from './whole-number.ts';

interface JitterFlags extends Omit<EngineFlags, 'workers'> {
  readonly images: string;
  readonly model: string;
  readonly mode?: string;
  readonly glob?: string;
  readonly limit?: number;
  readonly seed: number;
  readonly corrupt: string;
  readonly runs: number;
  readonly batchSizes: number[];
  readonly threads: number[];
  readonly networks: number[];
  readonly levels: string[];
  readonly providers: string[];
  readonly instructions: string[];
  readonly lpips?: string;
  readonly reference?: string;
  readonly pool?: string;
  readonly out: string;
  readonly restart?: boolean;
}

/** Images used if the command does not say how many. */
const FEW = 64;

/** `study jitter`: extracts the same images in many ways and compares the results. */
export function jitterCommand(): Command {
  const command = new Command('jitter')
    .description('measure how far FID of the same images moves between runs and settings')
    .requiredOption('--images <path>', 'images to extract repeatedly, as in study extract')
    .requiredOption('--model <name>', modelHelp)
    .option(...modeFlag)
    .option('--glob <pattern>', 'use matching names only')
    .option(
      '--limit <n>',
      `a random n of the images (default: ${FEW}, or all if they are fewer)`,
      wholeNumber('--limit', 4),
    )
    .option('--seed <n>', 'seed of that random n', wholeNumber('--seed'), 1)
    .option('--corrupt <list>', 'degraded copies to compare with, as in study extract', 'jpeg:50')
    .option('--runs <n>', 'runs of each combination', wholeNumber('--runs', 1), 2)
    .option(
      '--batch-sizes <list>',
      'images per run of the network',
      numbers('--batch-sizes'),
      [1, 32],
    )
    .option('--threads <list>', 'threads of a network', numbers('--threads'), [1, 2])
    .option('--networks <list>', 'networks in parallel', numbers('--networks'), [1])
    .addOption(listed('--levels <list>', 'graph optimisation', optimizations, ['all', 'disabled']))
    .addOption(listed('--providers <list>', 'where networks run', providers, ['cpu']))
    .addOption(
      listed('--instructions <list>', 'vector instructions available', instructionSets, ['all']),
    )
    .option('--lpips <file>', 'ONNX of LPIPS: two inputs [N, 3, H, W] in [−1, 1]')
    .option('--reference <path>', 'a larger set, features or images, for FID against it')
    .option('--pool <path>', 'a pool whose draws against --reference show the sampling error')
    .option('--out <dir>', 'folder for the files', join('runs', 'jitter'))
    .option('--restart', 'discard the finished parts of an earlier run');
  return withEngineFlags(command).addHelpText('after', help).action(run);
}

const help = `
Every combination of the lists is extracted in its own process and compared with one network of one
thread on batches of 32. --instructions no-avx512,no-avx2 hides vector instructions, so that libraries
compute as on an older processor (Linux on x86-64, with a C compiler).`;

async function run({ out, restart, ...flags }: JitterFlags): Promise<void> {
  const start = performance.now();
  const { images, model, mode, glob, seed, corrupt, lpips, reference, pool } = flags;
  const limit = flags.limit ?? Math.min(FEW, await countImages(images, glob));
  const grid = {
    runs: flags.runs,
    batch_sizes: flags.batchSizes,
    threads: flags.threads,
    workers: flags.networks,
    levels: flags.levels,
    providers: flags.providers,
    instruction_sets: flags.instructions,
  };
  const settings = {
    images,
    model,
    limit,
    seed,
    corruption: corrupt,
    grids: [grid],
    ...(mode !== undefined && { mode }),
    ...(glob !== undefined && { glob }),
    ...(lpips !== undefined && { lpips }),
    ...(reference !== undefined && { reference: { path: reference } }),
    ...(pool !== undefined && { pool: { path: pool } }),
  };
  const experiment = { name: 'jitter', study: 'jitter', header, settings, path: 'study jitter' };
  const measure = (signal: AbortSignal) =>
    runOne(experiment, {
      out,
      ...studyRun(signal, { restart, array: arrayOf(flags, out, signal) }),
    });
  const output = await orUnfinished(
    () => interruptible(measure, 'what is finished is kept'),
    flags,
  );
  if (output) printStudy(output, (performance.now() - start) / 1000);
}

async function countImages(path: string, glob: string | undefined): Promise<number> {
  const source = await openImages(path, glob === undefined ? {} : { glob });
  await source.close();
  return source.names.length;
}

const header = {
  aims: 'how far FID of the same images depends on how their features are computed',
  'data-generating mechanisms':
    'the same images and their copies, extracted with every combination of settings',
  estimands: 'change of each measure against one network of one thread on batches of 32',
  methods: 'FID, KID, PSNR and SSIM of the images and their copies',
  'performance measures': 'largest change, absolute and relative',
};

/** A parser of `1,32`. */
function numbers(flag: string): (text: string) => number[] {
  return (text) => text.split(',').map(wholeNumber(flag, 1));
}

function listed(
  flags: string,
  what: string,
  allowed: readonly string[],
  otherwise: readonly string[],
): Option {
  const parse = (text: string) => {
    const words = text.split(',');
    const bad = words.find((word) => !allowed.includes(word));
    if (bad === undefined) return words;
    throw new StudyError(`invalid ${flags.split(' ')[0]}: ${bad}`, `one of ${allowed.join(', ')}`);
  };
  return new Option(flags, `${what}: ${allowed.join(', ')}`).argParser(parse).default(otherwise);
}
