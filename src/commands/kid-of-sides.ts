import { StudyError } from '../errors.ts';
import { type KidEstimate, kid } from '../metrics/kid.ts';
import { type KidSubsets, kidSubsets } from '../metrics/kid-subsets.ts';
import { stream } from '../random/stream.ts';
import type { FeaturesSide, Side } from '../sides/side.ts';
import { plusMinus, thousands } from '../tables/number.ts';
import { interruptible } from './interrupt.ts';
import { showProgress } from './progress.ts';

/** Which of the two KIDs, and of which subsets. */
export interface KidFlags {
  readonly full?: boolean | undefined;
  /** 0 for none. */
  readonly subsets?: number | undefined;
  readonly subsetSize?: number | undefined;
  readonly seed?: number | undefined;
}

/** KID as `study kid` and `study fid --kid` give it. */
export interface KidOfSides {
  readonly full: KidEstimate | null;
  readonly subsets: KidSubsets | null;
}

interface FeaturesSides {
  readonly reference: FeaturesSide;
  readonly generated: FeaturesSide;
}

/** @throws StudyError for statistics, which have no rows to compare */
export function requireFeatures(reference: Side, generated: Side): FeaturesSides {
  for (const { kind, path } of [reference, generated]) {
    if (kind === 'features') continue;
    throw new StudyError(
      `${path} holds statistics; KID compares images pair by pair`,
      'give features or images on both sides',
    );
  }
  return { reference: reference as FeaturesSide, generated: generated as FeaturesSide };
}

/** Pairs of images that take ten minutes on two cores: two sets of 80,000. */
const mostPairs = 2 ** 34;

/**
 * What to say where KID of all pairs would take hours, and nobody has asked for it; null where it does
 * not.
 */
export function tooManyPairs({ reference, generated }: FeaturesSides): string | null {
  const [m, n] = [reference.rows, generated.rows];
  const pairs = (m * (m - 1)) / 2 + (n * (n - 1)) / 2 + m * n;
  if (pairs <= mostPairs) return null;
  return `KID of all ${pairs.toPrecision(2)} pairs of images would take hours and is left out: study kid --no-full gives it by subsets`;
}

/** With a progress bar. @returns undefined when it was interrupted */
export async function kidOfSides(
  { reference, generated }: FeaturesSides,
  { full = true, subsets = 100, subsetSize = 1000, seed = 0 }: KidFlags,
): Promise<KidOfSides | undefined> {
  const pairs = showProgress('KID', 'pairs');
  const draws = showProgress('KID', 'subsets');
  return interruptible(async (signal) => {
    try {
      const all = full
        ? await kid(reference, generated, { signal, onProgress: pairs.update })
        : null;
      pairs.stop();
      const options = { subsets, size: subsetSize, signal, onProgress: draws.update };
      const some =
        subsets > 0 ? await kidSubsets(reference, generated, stream(seed, 'kid'), options) : null;
      return { full: all, subsets: some };
    } finally {
      pairs.stop();
      draws.stop();
    }
  }, null);
}

/** The KID fields of `--json`. */
export function kidRecord({ full, subsets }: KidOfSides) {
  return {
    ...(full && { kid: full.kid, kid_se: full.se }),
    ...(subsets && {
      kid_subsets: {
        mean: subsets.mean,
        sd: subsets.sd,
        subsets: subsets.subsets,
        size: subsets.size,
      },
    }),
  };
}

/** A KID and its error; KIDs of close sets are too small for plain decimals. */
export function kidText(value: number, error: number | null): string {
  if (error === null || error === 0 || error >= 1e-4) return plusMinus(value, error);
  const [shown, place] = [error.toExponential(0), Math.floor(Math.log10(error))];
  const first = value === 0 ? place : Math.floor(Math.log10(Math.abs(value)));
  return `${value.toExponential(Math.max(0, Math.min(8, first - place)))} ± ${shown}`;
}

/** The KID lines on the screen. */
export function kidLines({ full, subsets }: KidOfSides): string[] {
  const lines: string[] = [];
  if (full) lines.push(`KID ± SE           ${kidText(full.kid, full.se)}  (all pairs)`);
  if (subsets) {
    const { mean, sd, subsets: count, size } = subsets;
    const of =
      sd === null
        ? `a subset of ${thousands(size)} is the whole set: no SD`
        : `${thousands(count)} subsets of ${thousands(size)}`;
    lines.push(`KID ± SD           ${kidText(mean, sd)}  (${of})`);
  }
  return lines;
}
