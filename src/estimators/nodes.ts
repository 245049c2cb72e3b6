import { StudyError } from '../errors.ts';

/** How the sizes of an extrapolation are spread between the smallest and the largest. */
export type Schedule = 'uniform-n' | 'uniform-inverse' | 'chebyshev';

/**
 * Nested sizes n_1 < … < n_count from `smallest` to `largest`, truncated to whole numbers as Chong &
 * Forsyth's are; the Chebyshev–Lobatto nodes are those of 1/n.
 *
 * @throws StudyError where the range holds fewer different sizes than asked for
 */
export function nodes(
  schedule: Schedule,
  smallest: number,
  largest: number,
  count: number,
): number[] {
  const inverse = (t: number) => 1 / (t / largest + (1 - t) / smallest);
  const place: Record<Schedule, (t: number) => number> = {
    'uniform-n': (t) => smallest + t * (largest - smallest),
    'uniform-inverse': inverse,
    chebyshev: (t) => inverse((1 - Math.cos(Math.PI * t)) / 2),
  };
  const sizes = Array.from({ length: count }, (_, i) => {
    if (i === count - 1) return largest;
    // A rounding error must not truncate 5000 to 4999.
    return Math.floor(place[schedule](i / (count - 1)) * (1 + 4 * Number.EPSILON));
  });
  if (smallest < 2 || sizes.some((size, i) => i > 0 && size <= sizes[i - 1]!)) {
    throw new StudyError(
      `${count} sizes from ${smallest} to ${largest} are not distinct`,
      'extrapolation needs a larger pool',
    );
  }
  return sizes;
}
