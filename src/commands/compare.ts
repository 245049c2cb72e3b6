import { Command } from 'commander';
import { type Basis, compareSets, requireEqualSizes } from '../answers/compare/compare.ts';
import type { ComparedSet } from '../answers/compare/set-distances.ts';
import { StudyError } from '../errors.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { type KidEstimate, kid } from '../metrics/kid.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { requireComparable, requireOtherImages } from '../sides/comparable.ts';
import { labelsOfSide } from '../sides/labels.ts';
import { openAll } from '../sides/open.ts';
import { cachedReference } from '../sides/reference-cache.ts';
import { setName } from '../sides/set-name.ts';
import type { FeaturesSide, Side } from '../sides/side.ts';
import type { Use } from '../sides/side-kind.ts';
import { statedRows } from '../sides/stated-rows.ts';
import { watchedRows } from '../sides/watched-rows.ts';
import { parseSizes } from '../sweep/sizes.ts';
import { compareLines } from './compare-lines.ts';
import { compareRecord, writeComparison } from './compare-record.ts';
import type { CompareResult } from './compare-result.ts';
import { placed } from './conventions.ts';
import { extracting } from './extracting.ts';
import { type SideFlags, sideHelp, withImageFlags } from './image-flags.ts';
import { showProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

interface CompareFlags extends SideFlags {
  readonly reference: string;
  readonly referenceSize?: number;
  readonly correct?: boolean;
  readonly size?: number;
  readonly sizes?: string;
  readonly seeds: number;
  readonly labels?: string;
  readonly paired?: boolean;
  readonly kid?: boolean;
  readonly force?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `study compare`: ranks generated sets and says how sure the ranking is. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('rank generated sets by FID at equal N or at infinity, and say how sure that is')
    .argument('<sets...>', 'two or more generated sets')
    .requiredOption('--reference <path>', 'the reference set')
    .option('--correct', 'rank by FID at infinity: the sets may differ in size')
    .option('--size <n>', 'rank by FID of n images from each set', wholeNumber('--size', 2))
    .option('--sizes <list>', 'smaller N at which to give the chance of a reversed ranking')
    .option('--seeds <n>', 'draws at each of these sizes', wholeNumber('--seeds', 1, 1000), 3)
    .option(
      '--reference-size <n>',
      'images behind reference statistics',
      wholeNumber('--reference-size', 2),
    )
    .option(
      '--labels <files>',
      'classes of sets with fixed class proportions: one file for all, or a,b,…; or auto',
    )
    .option('--paired', 'row i of every set has the same latent: differences get smaller errors')
    .option('--kid', 'also give KID of each set, unbiased at any N')
    .option('--out <dir>', 'folder for CSV, chart and manifest')
    .option('--force', 'compare features of different models or modes')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(command).addHelpText('after', help).action(run);
}

const help = `
A set is ${sideHelp}
Generated sets are features or images; the reference may be statistics. Plug-in FIDs at different
numbers of images are not ranked: give --correct or --size. --paired is for sets of the same size and
order, such as two samplers fed the same noise.`;

async function run(paths: readonly string[], flags: CompareFlags): Promise<void> {
  if (paths.length < 2) {
    throw new StudyError(`only one set: ${paths[0]}`, 'give two or more; study estimate takes one');
  }
  if (flags.correct && flags.size !== undefined) {
    throw new StudyError(`--correct with --size ${flags.size}`, 'leave one of them out');
  }
  if (flags.out !== undefined) await requireOutFolder(flags.out, 'comparison');
  const opened: Side[] = [];
  const progress = showProgress('comparing', 'rows');
  try {
    const result = await extracting(flags, async (options) => {
      // Draws need rows; statistics are enough for the reference.
      const uses: Use[] = [flags.kid ? 'rows' : 'statistics', ...paths.map(() => 'rows' as const)];
      opened.push(...(await openAll([flags.reference, ...paths], options, uses)));
      const [reference, ...generated] = opened;
      return compareSides(reference!, generated, flags, options.signal, progress.update);
    });
    progress.stop();
    if (!result) return;
    const files = flags.out === undefined ? [] : await writeComparison(flags.out, result);
    if (flags.json)
      console.log(
        JSON.stringify({ ...compareRecord(result), ...placed(flags.out, files) }, null, 2),
      );
    else for (const line of compareLines(result, files, flags.out)) console.log(line);
  } finally {
    progress.stop();
    for (const side of opened) side.close();
  }
}

async function compareSides(
  side: Side,
  generated: readonly Side[],
  flags: CompareFlags,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<CompareResult> {
  const sides = featuresOf(generated, side, flags.force ?? false);
  const referenceRows = statedRows(side, flags.referenceSize, '--reference-size');
  const sets = await namedSets(sides, flags.labels);
  const basis = basisOf(sets, flags);
  const largest = basis === 'infinity' ? Math.min(...sides.map(({ rows }) => rows)) : basis.size;
  const sizes =
    flags.sizes === undefined ? smallerSizes(largest) : sizesBelow(largest, flags.sizes);
  const { paired = false } = flags;
  const algebra = sharedAlgebra();
  const reference = await cachedReference(side, algebra);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => i);
  // Each set is read once for second and once for fourth moments, and its draws once per further seed.
  const furthest = Math.max(0, ...sizes, basis === 'infinity' ? 0 : basis.size);
  const perSet = ({ rows }: FeaturesSide) =>
    2 * rows + (seeds.length - 1) * Math.min(rows, furthest);
  const total = sides.reduce((sum, side) => sum + perSet(side), 0);
  const read = new Map<string, number>();
  const watched = sets.map((set) => {
    const onRows = (done: number) => {
      read.set(set.name, done);
      onProgress(
        [...read.values()].reduce((a, b) => a + b),
        total,
      );
    };
    return { ...set, features: watchedRows(set.features, signal, onRows) };
  });
  const comparison = await compareSets(watched, reference, {
    basis,
    sizes,
    seeds,
    paired,
    referenceRows,
    referenceFeatures: side.kind === 'features' ? side : undefined,
    algebra,
    signal,
  });
  const kids = new Map<string, KidEstimate>();
  if (flags.kid) {
    if (side.kind !== 'features') {
      throw new StudyError(`${side.path} holds statistics`, 'KID needs features: leave out --kid');
    }
    for (const [i, { name }] of sets.entries()) {
      kids.set(name, await kid(side, sides[i]!, { algebra, signal }));
    }
  }
  const byName = new Map(sets.map(({ name }, i) => [name, sides[i]!]));
  return {
    comparison,
    sizes,
    seeds: seeds.length,
    kids,
    reference: side,
    referenceRows,
    sides: byName,
    isStratified: flags.labels !== undefined,
    paired,
  };
}

/** @throws StudyError for statistics, another network, the same set twice, or the reference itself */
function featuresOf(sides: readonly Side[], reference: Side, force: boolean): FeaturesSide[] {
  const list: FeaturesSide[] = [];
  for (const side of sides) {
    if (side.kind === 'statistics') {
      throw new StudyError(
        `${side.path} holds statistics; compare draws rows`,
        'give features or images',
      );
    }
    requireComparable(reference, side, force);
    requireOtherImages(reference, side);
    for (const other of list) {
      requireComparable(other, side, force);
      if (other.sha256 !== side.sha256) continue;
      throw new StudyError(`${other.path} and ${side.path} are the same features`, 'give it once');
    }
    list.push(side);
  }
  return list;
}

async function namedSets(
  sides: readonly FeaturesSide[],
  labels: string | undefined,
): Promise<ComparedSet[]> {
  const files = labels?.split(',').map((file) => file.trim()) ?? [];
  if (files.length > 1 && files.length !== sides.length) {
    throw new StudyError(
      `${files.length} label files for ${sides.length} sets`,
      'give one for all sets, or one for each',
    );
  }
  const short = sides.map(({ path }) => setName(path));
  const names = new Set(short).size === sides.length ? short : sides.map(({ path }) => path);
  return Promise.all(
    sides.map(async (features, i): Promise<ComparedSet> => {
      const file = files.length > 1 ? files[i] : files[0];
      const classes = file === undefined ? undefined : (await labelsOfSide(file, features)).classes;
      return { name: names[i]!, features, ...(classes && { classes }) };
    }),
  );
}

function basisOf(sets: readonly ComparedSet[], { correct, size }: CompareFlags): Basis {
  if (correct) return 'infinity';
  return { size: size ?? requireEqualSizes(sets) };
}

/** Round sizes below the ranking size; half and a quarter of it if there are none. */
function smallerSizes(largest: number): number[] {
  const round = smaller([1000, 2000, 5000, 10_000, 20_000], largest);
  return round.length > 0 ? round : smaller([largest >> 2, largest >> 1], largest);
}

/** @throws StudyError if a size is not below the ranking size */
function sizesBelow(largest: number, list: string): number[] {
  const sizes = parseSizes(list);
  const beyond = sizes.find((size) => size >= largest);
  if (beyond === undefined) return sizes;
  throw new StudyError(
    `--sizes ${beyond} is not below the ranking size ${largest}`,
    'give smaller sizes: they are for the chance of a reversal',
  );
}

function smaller(sizes: readonly number[], largest: number): number[] {
  return sizes.filter((size) => size >= 2 && size < largest);
}
