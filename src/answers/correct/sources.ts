import type { PooledSpread } from '../../theory/random-effects.ts';
import { studentTQuantile } from '../../theory/student-t.ts';
import type { Family } from './families.ts';
import { type PairConstant, pairConstant } from './pair-constant.ts';
import { type LabelProtocol, type PublishedPair, type Shares, sharesOf } from './pairs.ts';

/** Constants of pairs that treat labels alike. */
export type Sources = readonly [Shares, readonly PairConstant[]];

/** The sources of one protocol; both known ones if it is not stated; any, if there are none of it. */
export function sourcesFor(
  protocol: LabelProtocol | null,
  usable: readonly PublishedPair[],
): Sources[] {
  const of = (shares: Shares): Sources => [
    shares,
    usable.filter((pair) => sharesOf(pair.label_protocol) === shares).map(pairConstant),
  ];
  const hasSome = ([, constants]: Sources) => constants.length > 0;
  const known = [of('fixed'), of('independent')].filter(hasSome);
  const stated = known.find(([shares]) => protocol !== null && shares === sharesOf(protocol));
  if (stated) return [stated];
  return known.length > 0 ? known : [of('unknown')];
}

/**
 * The middle of the means, with an error whose interval covers that of each of them and, beyond it, a
 * gap either way.
 *
 * @param gap as a share
 */
export function covering(
  means: readonly Family[],
  { spread, degrees }: PooledSpread,
  gap: number,
): Family {
  if (means.length === 1 && gap === 0) return means[0]!;
  const t = studentTQuantile(0.975, degrees);
  const ends = means.map(({ value, se }) => {
    const half = t * Math.hypot(se, spread * value) + gap * value;
    return { lower: value - half, upper: value + half };
  });
  const lower = Math.min(...ends.map((end) => end.lower));
  const upper = Math.max(...ends.map((end) => end.upper));
  const value = (lower + upper) / 2;
  const whole = (upper - lower) / 2 / t;
  const secondOrder = means.reduce((total, mean) => total + mean.secondOrder, 0) / means.length;
  // The spread between models is added again by whoever uses the constant.
  return { value, se: Math.sqrt(Math.max(0, whole ** 2 - (spread * value) ** 2)), secondOrder };
}
