import type { Statistics } from '../arrays/statistics.ts';
import { StudyError } from '../errors.ts';
import { together } from '../linalg/pooled-moments.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import { extractorDifference } from './comparable.ts';
import type { ExtractorIdentity, Side } from './side.ts';
import { statisticsOfSide } from './statistics-of-side.ts';

/** Statistics of several sets together. */
export interface MergedStatistics {
  readonly statistics: Statistics;
  /** For sFID, if all sets have them. */
  readonly spatial?: Statistics | undefined;
  readonly rows: number;
  /** Null if a set does not state it. */
  readonly extractor: ExtractorIdentity | null;
  readonly notes: readonly string[];
}

/** What is known of the sets so far. */
interface Sum {
  readonly first: Side;
  readonly known: Side | undefined;
  readonly moments: SampleMoments;
  readonly spatial: SampleMoments | undefined;
}

/**
 * Adds sets up: number, mean and covariance are those of all images, to rounding.
 *
 * @param sides one is open at a time
 * @throws StudyError for sets of other models, modes or dimensions, for the same set twice, and for
 *   statistics that do not state their number of images
 */
export async function mergedStatistics(sides: AsyncIterable<Side>): Promise<MergedStatistics> {
  const seen = new Map<string, string>();
  const notes = new Set<string>();
  let sum: Sum | undefined;
  let isStated = true;
  for await (const side of sides) {
    requireNew(side, seen);
    if (sum) requireLike(side, sum);
    for (const note of side.notes ?? []) notes.add(note);
    if (!side.extractor) {
      isStated = false;
      notes.add(`${side.path} does not say which network made the features`);
    }
    const added = await momentsOf(side);
    sum = {
      first: sum?.first ?? side,
      known: sum?.known ?? (side.extractor ? side : undefined),
      moments: sum ? together(sum.moments, added.moments) : added.moments,
      spatial: spatialOf(sum, added),
    };
  }
  if (!sum) throw new StudyError('no sets to merge', 'name two or more');
  const { moments, spatial, known } = sum;
  return {
    statistics: statisticsOf(moments),
    ...(spatial && { spatial: statisticsOf(spatial) }),
    rows: moments.count,
    extractor: isStated ? (known?.extractor ?? null) : null,
    notes: [...notes],
  };
}

function spatialOf(sum: Sum | undefined, added: Pick<Sum, 'spatial'>): SampleMoments | undefined {
  if (!sum) return added.spatial;
  const isSame = sum.spatial?.mean.length === added.spatial?.mean.length;
  return sum.spatial && added.spatial && isSame ? together(sum.spatial, added.spatial) : undefined;
}

async function momentsOf(side: Side): Promise<Pick<Sum, 'moments' | 'spatial'>> {
  const { rows, path } = side;
  if (rows === null) {
    throw new StudyError(
      `${path} does not state its number of images`,
      `write it in: study stats ${path} --size N --out NEW.npz`,
    );
  }
  if (rows < 2) {
    throw new StudyError(`${path} has ${rows} image`, 'a covariance needs two images or more');
  }
  const { statistics, spatial } = await statisticsOfSide(side);
  const of = ({ mean, covariance, dimension: d }: Statistics): SampleMoments => ({
    count: rows,
    mean,
    covariance: { data: covariance, rows: d, columns: d },
  });
  return { moments: of(statistics), spatial: spatial && of(spatial) };
}

function statisticsOf({ mean, covariance }: SampleMoments): Statistics {
  return { mean, covariance: covariance.data, dimension: mean.length };
}

/** @throws StudyError for images that would count twice */
function requireNew({ sha256, path }: Side, seen: Map<string, string>): void {
  const before = seen.get(sha256);
  if (before !== undefined) {
    throw new StudyError(
      before === path ? `${path} twice` : `${before} and ${path} are the same set`,
      'give each set once: its images would count twice',
    );
  }
  seen.set(sha256, path);
}

/** @throws StudyError if two sets are not of one network */
function requireLike(side: Side, { first, known }: Sum): void {
  const hint = 'merge sets of one extractor and mode';
  if (side.dimension !== first.dimension) {
    throw new StudyError(
      `${first.path} has features of ${first.dimension} dimensions, ${side.path} of ${side.dimension}`,
      hint,
    );
  }
  const difference = known && extractorDifference(known.extractor, side.extractor);
  if (difference) throw new StudyError(`${known.path} and ${side.path} ${difference}`, hint);
}
