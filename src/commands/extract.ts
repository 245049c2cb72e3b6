import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Extraction } from '../embeddings/extract.ts';
import { type Provider, providers } from '../embeddings/provider.ts';
import { StudyError } from '../errors.ts';
import { corruptionGrammar } from '../images/corruption.ts';
import { extractImages } from '../sides/embeddings-of.ts';
import { devicesFlag, modeFlag, modeHelp, modelHelp } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { duration } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

export { embeddingsOf } from '../sides/embeddings-of.ts';

interface ExtractOptions {
  readonly images: string;
  readonly model: string;
  readonly mode?: string;
  readonly out: string;
  readonly glob?: string;
  readonly limit?: number;
  readonly seed?: string | number;
  readonly corrupt?: string;
  readonly batchSize: number;
  readonly threads?: number;
  readonly provider: Provider;
  readonly devices?: readonly number[];
  readonly deterministic?: boolean;
  readonly workers?: number;
  readonly skipBad?: boolean;
}

/** `study extract`: images to features, once. */
export function extractCommand(): Command {
  return new Command('extract')
    .description('turn images into features [N, d], cached by content, for fid, stats and sweep')
    .requiredOption(
      '--images <path>',
      'a folder, a .zip, an .npz with arr_0 uint8 [N, H, W, 3], CIFAR-10 .bin batches, or cifar10:train',
    )
    .requiredOption('--model <name>', modelHelp)
    .option(...modeFlag)
    .requiredOption('--out <dir>', 'folder for features.npy and manifest.json')
    .option('--glob <pattern>', "take matching names only, e.g. 'train/**' or '*.png'")
    .option('--limit <n>', 'take the first n images by name', wholeNumber('--limit', 1))
    .option('--seed <seed>', 'with --limit: a random n instead of the first', seedOf)
    .option(
      '--corrupt <how>',
      'make the images worse: jpeg:30, blur:0.6, noise:6, blur:0.5+noise:4',
    )
    .option('--batch-size <n>', 'images a run of the network', wholeNumber('--batch-size', 1), 32)
    .option('--threads <n>', 'threads of the network (default: all)', wholeNumber('--threads', 1))
    .addOption(
      new Option('--provider <name>', 'where the network runs').choices(providers).default('cpu'),
    )
    .option(...devicesFlag)
    .option('--deterministic', 'the same bits in each run: a batch on one thread, nothing reused')
    .option(
      '--workers <n>',
      'with --deterministic: networks side by side (default: one a core)',
      wholeNumber('--workers', 1),
    )
    .option('--skip-bad', 'go on without images that cannot be decoded, and list them')
    .addHelpText('after', help)
    .action(extract);
}

const help = `
The same images (by content) and model are extracted once: --out gets them from the cache, and of
a set that grew only the new images are run. After an interruption the same command goes on where
it stopped. A pattern may begin at any folder that all names share: 'train/**' finds
cifar10/train/cat/0001.jpg. --limit takes names in order, which may be one class only; add --seed
for a random subset. --deterministic gives the same bits in every run on a machine, and for any
--workers.

--corrupt makes sets of known rank, stand-ins for generators: ${corruptionGrammar}.

${modeHelp}`;

async function extract({ images, out, ...flags }: ExtractOptions): Promise<void> {
  requireWorkersUsed(flags);
  const start = performance.now();
  const extraction = await interruptible((signal) =>
    extractImages(images, { ...flags, signal }, out),
  );
  if (!extraction) return;
  extraction.embeddings.close();
  report(extraction, out, (performance.now() - start) / 1000);
}

function report(
  { manifest, cached, resumed, reused, busy }: Extraction,
  out: string,
  seconds: number,
): void {
  const { rows, dimension, model } = manifest;
  const run = manifest.images.count - resumed - reused;
  const rate = run > 0 ? `, ${(run / seconds).toPrecision(3)} images/s` : '';
  const before = resumed > 0 ? `, ${resumed} of them before` : '';
  const copied = reused > 0 ? `, ${reused} of them copied from other sets in the cache` : '';
  const how = cached ? 'taken from the cache' : `in ${duration(seconds)}${rate}${before}${copied}`;
  console.log(`${rows} × ${dimension} features of ${model.name} (${model.mode}), ${how}`);
  for (const { name, reason } of manifest.images.skipped) console.log(`skipped ${name}: ${reason}`);
  if (busy !== null && busy < 0.9 && seconds > 60) {
    console.log(
      `note: the network waited for images ${Math.round(100 * (1 - busy))} % of the time; more ` +
        `decoding threads may help: UV_THREADPOOL_SIZE=${2 * availableParallelism()} study extract …`,
    );
  }
  if (!model.comparable) console.log(`note: FIDs of ${model.name} ${incomparable}`);
  console.log(`features.npy and manifest.json are in ${out}`);
}

function requireWorkersUsed({ workers, deterministic }: Partial<ExtractOptions>): void {
  if (workers === undefined || deterministic) return;
  throw new StudyError(
    `workers of an extraction that is not deterministic: ${workers}`,
    'add --deterministic, or give --threads',
  );
}

const incomparable = 'are not comparable with published FIDs';

/** Digits are a number, so that `--seed 7` is the seed 7 of the API; anything else is a string. */
function seedOf(text: string): string | number {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
