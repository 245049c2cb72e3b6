import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { Extraction } from '../embeddings/extract.ts';
import { extract } from '../embeddings/extract-images.ts';
import { StudyError } from '../errors.ts';
import { corruptionGrammar } from '../images/corruption.ts';
import { type OutputName, outputNames } from '../models/outputs.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { wrote } from './conventions.ts';
import { arrayOf, withEngineFlags } from './engine-flags.ts';
import { extractInBlocks } from './extract-blocks.ts';
import type { ExtractFlags } from './extract-flags.ts';
import { extractGenerator } from './extract-generator.ts';
import { extracting } from './extracting.ts';
import { generatorFlag } from './generator-flags.ts';
import { modeHelp, modelHelp, withNetworkFlags } from './image-flags.ts';
import { duration } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

/** `study extract`: features of images, extracted once. */
export function extractCommand(): Command {
  const command = new Command('extract')
    .description('turn images into features [N, d], cached by content, for fid, stats and sweep')
    .option(
      '--images <path>',
      'a folder, a .zip, .tar or .parquet files, a .npy or .npz uint8 [N, H, W, 3], CIFAR-10 .bin, cifar10:train',
    )
    .option(...generatorFlag)
    .option('--count <n>', 'with --generator: images to draw', wholeNumber('--count', 1))
    .option('--save-images <dir>', 'with --generator: keep its images there as PNG files')
    .requiredOption('--model <name>', modelHelp)
    .requiredOption('--out <dir>', 'folder for features.npy, names.txt and manifest.json')
    .option(
      '--outputs <list>',
      'of fid-inception: pool,logits,spatial in one run, for the Inception Score and sFID',
      outputList,
    )
    .option('--glob <pattern>', "use matching names only, e.g. 'train/**' or '*.png'")
    .option('--limit <n>', 'use the first n images by name', wholeNumber('--limit', 1))
    .option(
      '--seed <seed>',
      'with --limit: a random n instead of the first; with --generator: seed of its latents',
      seedOf,
    )
    .option('--corrupt <how>', 'degrade the images: jpeg:30, blur:0.6, noise:6, blur:0.5+noise:4')
    .option(
      '--moments',
      'write mean and covariance alone, as statistics.npz; no features are kept',
    );
  return withEngineFlags(withNetworkFlags(command)).addHelpText('after', help).action(run);
}

const help = `
The same images (by content) are extracted once per model: --out takes them from the cache, and if a
set grew, only its new images are run. After an interruption the same command resumes. A pattern may
begin at any folder that all names share: 'train/**' finds cifar10/train/cat/0001.jpg. --limit takes
names in order, which may be one class only; add --seed for a random subset. --deterministic gives
the same bits in every run on a machine, for any --networks.

--generator draws --count images and keeps none. Image i depends on the seed and i alone: the same in any
batch, and a larger --count continues the stream. Its classes are written to labels.txt for --labels.
For options of torch-fidelity and clean-fid see docs/generators.md.

--corrupt makes sets of known rank that stand in for generators: ${corruptionGrammar}.

${modeHelp}`;

async function run(flags: ExtractFlags): Promise<void> {
  const { generator, moments, engine, out, glob, limit, seed, corrupt, outputs } = flags;
  if (moments || engine !== 'local') {
    if (outputs) {
      const what = moments ? '--moments' : `--engine ${engine}`;
      throw new StudyError(`--outputs with ${what}`, 'leave one of them out');
    }
    return extractInBlocks(requireImages(flags));
  }
  arrayOf(flags, out);
  await requireOutFolder(out, 'embeddings');
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  if (generator !== undefined) {
    const drawn = await extractGenerator({ ...flags, generator });
    if (drawn) report(drawn.extraction, out, seconds(), drawn.files);
    return;
  }
  const { images } = requireImages(flags);
  const extraction = await extracting(flags, (options) =>
    extract(images, { ...options, out, outputs, selection: { glob, limit, seed, corrupt } }),
  );
  if (!extraction) return;
  extraction.embeddings.close();
  report(extraction, out, seconds());
}

function requireImages(flags: ExtractFlags): ExtractFlags & { readonly images: string } {
  const { images, generator, count, saveImages } = flags;
  if (generator !== undefined) {
    throw new StudyError(
      `--generator ${generator} with ${flags.moments ? '--moments' : `--engine ${flags.engine}`}`,
      'images of a generator are extracted by one process: leave the other flag out',
    );
  }
  if (images === undefined) {
    throw new StudyError(
      'no images to extract',
      'name them: --images PATH, or --generator GEN.onnx',
    );
  }
  const given = count === undefined ? saveImages : count;
  if (given === undefined) return { ...flags, images };
  const flag = count === undefined ? '--save-images' : '--count';
  throw new StudyError(
    `${flag} ${given} without --generator`,
    count === undefined ? 'images of a path are files already' : 'use --limit for images of a path',
  );
}

function report(
  { manifest, cached, resumed, reused, busy, notes }: Extraction,
  out: string,
  seconds: number,
  files: readonly string[] = [],
): void {
  const { rows, dimension, model, outputs = {} } = manifest;
  const run = manifest.images.count - resumed - reused;
  const rate = run > 0 ? `, ${(run / seconds).toPrecision(3)} images/s` : '';
  const before = resumed > 0 ? `, ${resumed} of them in an earlier run` : '';
  const copied = reused > 0 ? `, ${reused} of them copied from other sets in the cache` : '';
  const how = cached ? 'taken from the cache' : `in ${duration(seconds)}${rate}${before}${copied}`;
  console.log(`${rows} × ${dimension} features of ${model.name} (${model.mode}), ${how}`);
  for (const { name, reason } of manifest.images.skipped) console.log(`skipped ${name}: ${reason}`);
  for (const note of notes) console.log(`note: ${note}`);
  if (busy !== null && busy < 0.9 && seconds > 60) {
    console.log(
      `note: the network waited for images ${Math.round(100 * (1 - busy))} % of the time; more ` +
        `decoding threads may help: UV_THREADPOOL_SIZE=${2 * availableParallelism()} study extract …`,
    );
  }
  if (!model.comparable) console.log(`note: FIDs of ${model.name} ${incomparable}`);
  for (const file of files) console.log(file);
  const arrays = Object.values(outputs).map(({ file }) => file);
  const written = ['features.npy', ...arrays, 'names.txt', 'manifest.json'];
  wrote(out, written);
  console.log(`${written.join(', ').replace(/, ([^,]*)$/, ' and $1')} are in ${out}`);
}

const incomparable = 'are not comparable with published FIDs';

/** @throws StudyError for a name that is no output */
function outputList(text: string): OutputName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(outputNames as readonly string[]).includes(name));
  if (unknown === undefined) return outputNames.filter((name) => names.includes(name));
  throw new StudyError(`unknown output: '${unknown}'`, `outputs are ${outputNames.join(', ')}`);
}

/** Digits become a number, so that `--seed 7` is the seed 7 of the API; other text stays a string. */
function seedOf(text: string): string | number {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
