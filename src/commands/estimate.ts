import { Command } from 'commander';
import {
  estimateFid,
  type FidEstimation,
  type FidEstimationOptions,
  type GeneratedSet,
} from '../answers/estimate/estimate-fid.ts';
import { StudyError } from '../errors.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { Reference } from '../metrics/reference.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { requireComparable, requireOtherImages } from '../sides/comparable.ts';
import { type Labels, labelsOfSide } from '../sides/labels.ts';
import { openSides } from '../sides/open.ts';
import { cachedReference } from '../sides/reference-cache.ts';
import type { Side } from '../sides/side.ts';
import { statedRows } from '../sides/stated-rows.ts';
import { watchedRows } from '../sides/watched-rows.ts';
import { parseSizes } from '../sweep/sizes.ts';
import { placed } from './conventions.ts';
import { estimateLines } from './estimate-lines.ts';
import { estimateRecord, writeEstimate } from './estimate-record.ts';
import { extracting } from './extracting.ts';
import { type SideFlags, sideHelp, withImageFlags } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { kidOfSides, requireFeatures, tooManyPairs } from './kid-of-sides.ts';
import { labelsFlag } from './labels-flag.ts';
import { showProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

interface EstimateFlags extends SideFlags {
  readonly reference: string;
  readonly referenceSize?: number;
  readonly size?: number;
  readonly method?: string;
  readonly sizes: string;
  readonly labels?: string;
  readonly seed: number;
  readonly kid: boolean;
  readonly force?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `study estimate`: FID at infinity and at other numbers of images, from the images at hand. */
export function estimateCommand(): Command {
  const command = new Command('estimate')
    .description('FID at infinity with an interval, FID at other N, and KID')
    .argument('<gen>', 'the generated set')
    .requiredOption('--reference <path>', 'the reference set')
    .option(
      '--method <names>',
      'estimators of FID at infinity: names, or all (default: chosen by N and d)',
    )
    .option('--sizes <list>', 'other numbers of images', '1000,5000,10000,50000')
    .option('--size <n>', 'images behind generated statistics', wholeNumber('--size', 2))
    .option(
      '--reference-size <n>',
      'images behind reference statistics',
      wholeNumber('--reference-size', 2),
    )
    .option(...labelsFlag)
    .option('--seed <n>', 'seed of the order in which images are drawn', wholeNumber('--seed'), 0)
    .option('--no-kid', 'leave out KID')
    .option('--out <dir>', 'folder for CSV, charts and manifest')
    .option('--force', 'compare features of different models or modes')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(command).addHelpText('after', help).action(run);
}

const help = `
Either set is ${sideHelp}
Statistics of study stats, EDM2 and StyleGAN3 state their number of images. For others give --size and
--reference-size. Without --reference-size the reference counts as the whole population.`;

async function run(gen: string, flags: EstimateFlags): Promise<void> {
  const sizes = parseSizes(flags.sizes);
  if (flags.out !== undefined) await requireOutFolder(flags.out, 'estimate');
  const sides = await extracting(flags, (options) => openSides(flags.reference, gen, options));
  if (!sides) return;
  try {
    requireComparable(sides.reference, sides.generated, flags.force ?? false);
    requireOtherImages(sides.reference, sides.generated);
    const set = generatedSet(sides.generated, flags);
    const labels = await labelsOf(sides.generated, flags.labels);
    const referenceRows = statedRows(sides.reference, flags.referenceSize, '--reference-size');
    const algebra = sharedAlgebra();
    const reference = await cachedReference(sides.reference, algebra);
    const estimation = await estimated(set, reference, {
      methods: flags.method?.split(',').map((name) => name.trim()) ?? [],
      sizes,
      referenceRows,
      referenceFeatures: sides.reference.kind === 'features' ? sides.reference : undefined,
      classes: labels?.classes,
      seed: flags.seed,
      algebra,
    });
    if (!estimation) return;
    const hasKid = flags.kid && Object.values(sides).every(({ kind }) => kind === 'features');
    const rows = hasKid ? requireFeatures(sides.reference, sides.generated) : null;
    const kidNote = rows && tooManyPairs(rows);
    const kids = rows && !kidNote ? await kidOfSides(rows, { subsets: 0 }) : null;
    if (kids === undefined) return;
    const result = { estimation, kid: kids?.full ?? null, kidNote, ...sides, labels };
    const files = flags.out === undefined ? [] : await writeEstimate(flags.out, result);
    if (flags.json)
      console.log(
        JSON.stringify({ ...estimateRecord(result), ...placed(flags.out, files) }, null, 2),
      );
    else for (const line of estimateLines(result, files, flags.out)) console.log(line);
  } finally {
    sides.reference.close();
    sides.generated.close();
  }
}

/** With a progress bar. @returns undefined when it was interrupted */
async function estimated(
  set: GeneratedSet,
  reference: Reference,
  options: FidEstimationOptions,
): Promise<FidEstimation | undefined> {
  const progress = showProgress('estimating', 'rows');
  return interruptible(async (signal) => {
    try {
      if (set.kind === 'statistics') return await estimateFid(set, reference, options);
      // One pass for second moments, one for what each row does.
      const total = 2 * set.features.rows;
      const onRows = (done: number) => progress.update(done, total);
      const features = watchedRows(set.features, signal, onRows);
      return await estimateFid({ ...set, features }, reference, options);
    } finally {
      progress.stop();
    }
  }, null);
}

function generatedSet(side: Side, { size, method }: EstimateFlags): GeneratedSet {
  const rows = statedRows(side, size, '--size');
  if (side.kind === 'features') return { kind: 'features', features: side };
  if (rows === null) {
    throw new StudyError(
      `${side.path} holds statistics without their number of images`,
      `give it, such as --size 5000${method ? '' : '; or give the features'}`,
    );
  }
  return { kind: 'statistics', statistics: side.statistics, rows };
}

async function labelsOf(side: Side, path: string | undefined): Promise<Labels | null> {
  if (path === undefined) return null;
  if (side.kind === 'features') return labelsOfSide(path, side);
  throw new StudyError(
    `labels for statistics: ${path}`,
    `${side.path} has no rows to draw from: leave --labels out, or give features`,
  );
}
