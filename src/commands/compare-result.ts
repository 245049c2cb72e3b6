import type { Comparison, RankedPair, RankedSet } from '../answers/compare/compare.ts';
import { hasEnoughRows } from '../estimators/recommended.ts';
import type { KidEstimate } from '../metrics/kid.ts';
import { isIndependent } from '../sides/repeated-rows.ts';
import type { FeaturesSide, Side } from '../sides/side.ts';
import { thousands } from '../tables/number.ts';
import { oddRowNotes, sideNotes, UNSEEN_TAILS } from './side-notes.ts';

/** The result of `study compare`. */
export interface CompareResult {
  readonly comparison: Comparison;
  /** Sizes below the ranking size. */
  readonly sizes: readonly number[];
  /** Draws at each size. */
  readonly seeds: number;
  readonly kids: ReadonlyMap<string, KidEstimate>;
  readonly reference: Side;
  /** M; null if it is not stated. */
  readonly referenceRows: number | null;
  /** By the name of the set. */
  readonly sides: ReadonlyMap<string, FeaturesSide>;
  readonly isStratified: boolean;
  /** Whether rows of the sets correspond. */
  readonly paired: boolean;
}

/** Whether both sets hold independent images. The interval of their difference assumes it. */
export function isReliable(
  { reference, sides }: CompareResult,
  { better, worse }: Pick<RankedPair, 'better' | 'worse'>,
): boolean {
  return [better, worse].every((name) => isIndependent(reference, sides.get(name)!));
}

/** What a reader must know before they quote the ranking. */
export function compareNotes(result: CompareResult): string[] {
  const { comparison, reference, referenceRows, sides, isStratified, paired } = result;
  const { basis, ranking, pairs } = comparison;
  const notes = new Set(sideNotes(reference, ...sides.values()));
  if (referenceRows === null) {
    notes.add(
      `${reference.path} does not state its number of images: it counts as the population, and its own bias stays in every number (--reference-size)`,
    );
  }
  if (referenceRows !== null && reference.kind === 'statistics') notes.add(UNSEEN_TAILS);
  const independent = 'the sets are assumed independent (--paired if rows correspond)';
  const corresponding = 'row i of every set is assumed to come from the same latents';
  notes.add(`${scopeOfErrors(result)}; ${paired ? corresponding : independent}`);
  for (const { better, worse, correlation } of pairs) {
    if (correlation === null || correlation > UNCORRELATED) continue;
    notes.add(`rows of ${better} and ${worse} hardly correlate: are they in the same order?`);
  }
  if (basis !== 'infinity' && isReordered(ranking)) {
    notes.add('FID at infinity ranks them differently: the sets differ in bias (--correct)');
  }
  for (const { set } of ranking) {
    const { dimension } = reference;
    const isReferenceSmall =
      referenceRows !== null && !hasEnoughRows({ rows: referenceRows, dimension });
    if (isReferenceSmall || !hasEnoughRows({ rows: set.rows, dimension })) {
      const few = isReferenceSmall
        ? `${thousands(referenceRows)} reference images`
        : `${set.name}: ${thousands(set.rows)} images`;
      notes.add(`${few} are too few for a reliable FID at infinity`);
    }
    const paths = { reference: reference.path, generated: sides.get(set.name)!.path };
    for (const note of oddRowNotes(set.oddRows, paths)) notes.add(note);
    for (const note of set.infinity?.notes ?? []) notes.add(`${set.name}: ${note}`);
  }
  if (isStratified) {
    notes.add(
      'draws keep the class shares; standard errors assume independent images and are too large, the more so the more the classes differ',
    );
  }
  return [...notes];
}

/** Over which images errors are. */
function scopeOfErrors({ comparison: { basis, pairs }, referenceRows }: CompareResult): string {
  const ofReference = pairs.flatMap(({ referenceSe }) => referenceSe ?? []);
  const isKnown = ofReference.length > 0 && ofReference.length === pairs.length;
  const shared = 'errors cover the generated images only, because all sets share the reference';
  if (basis === 'infinity' && isKnown) {
    return 'errors of FID at infinity cover the generated images; those of differences cover the reference images too';
  }
  if (isKnown) {
    const most = Math.max(...ofReference).toPrecision(2);
    return `${shared}; another reference of as many images would move differences by up to ± ${most} (SE)`;
  }
  return referenceRows === null
    ? shared
    : `${shared}; another reference of as many images would move differences by an amount that statistics do not tell`;
}

/** Below this correlation, rows given as --paired probably do not correspond. */
const UNCORRELATED = 0.05;

function isReordered(ranking: readonly RankedSet[]): boolean {
  const limits = ranking.map(({ set }) => set.infinity?.estimate ?? null);
  return limits.some((value, i) => {
    const next = limits[i + 1] ?? null;
    return value !== null && next !== null && value > next;
  });
}
