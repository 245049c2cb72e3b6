import { plusMinus, thousands } from '../../tables/number.ts';
import { NULL } from './charts.ts';
import type { LocalSlope } from './law.ts';
import type { Reversal } from './order.ts';
import type { RealImagesResult } from './result.ts';

/** Standard errors beyond which a slope is said to differ. */
const SURE = 3;

/** What was found, in a few sentences. */
export function summary({
  comparisons,
  slopes,
  constants,
  reversed,
}: Omit<RealImagesResult, 'summary'>): string {
  const ofNull = comparisons.find(({ experiment }) => experiment === NULL)!;
  const means = ofNull.performance.filter(({ measure }) => measure === 'mean');
  const [first, last] = [means[0]!, means.at(-1)!];
  const theory = constants.find(({ experiment }) => experiment === NULL)!;
  const tail = slopes.filter(({ experiment }) => experiment === NULL).at(-1);
  const isEqual = (row: Reversal) => row.better_size === row.worse_size;
  const share = (name: Reversal['measure'], of: (row: Reversal) => boolean) => {
    const rows = reversed.filter((row) => row.measure === name && of(row));
    const draws = rows.reduce((sum, { seeds }) => sum + seeds, 0);
    const wrong = rows.reduce((sum, row) => sum + Math.round(row.reversed * row.seeds), 0);
    return `${wrong} of ${draws} single draws (${rows.filter(({ difference }) => difference > 0).length} of ${rows.length} means)`;
  };
  return [
    `two halves of one set, whose true FID is 0, score ${plusMinus(first.value, first.mcse)} at ${thousands(first.size)} and ${plusMinus(last.value, last.mcse)} at ${thousands(last.size)}`,
    ...(tail
      ? [
          `between the two largest sizes FID falls by (${plusMinus(tail.slope, tail.mcse)})/N; the predicted constant is ${theory.gaussian.toFixed(1)} for Gaussian features, ${plusMinus(theory.fourth, theory.fourth_se)} from fourth moments`,
        ]
      : []),
    bending(slopes),
    `the order of two sets is reversed, at equal N, in ${share('FID', isEqual)} of FID and ${share('KID', isEqual)} of KID; if the better set has fewer images, in ${share('FID', (row) => row.better_size < row.worse_size)} of FID and ${share('KID', (row) => row.better_size < row.worse_size)} of KID`,
  ].join('; ');
}

/** The slopes that differ from those of more images by more than chance. */
function bending(slopes: readonly LocalSlope[]): string {
  const bent = slopes.filter(
    ({ bend, bend_mcse: error }) =>
      bend !== null && error !== null && Math.abs(bend) > SURE * error,
  );
  if (bent.length === 0) return 'no slope differs from that of more images by 3 standard errors';
  return `the slope differs from that of more images by over 3 standard errors in ${bent.length} of ${slopes.length} places: ${bent
    .map(
      ({ experiment, from, to, bend, bend_mcse }) =>
        `${experiment}, ${thousands(from)} to ${thousands(to)}, by ${plusMinus(bend, bend_mcse)}`,
    )
    .join(', ')}`;
}
