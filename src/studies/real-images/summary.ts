import { plusMinus, thousands } from '../../tables/number.ts';
import { NULL } from './charts.ts';
import type { RealImagesResult } from './result.ts';

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
  const flips = reversed.filter((row) => row.reversed === 1);
  return [
    `two halves of one set, whose FID is 0, score ${plusMinus(first.value, first.mcse)} at ${thousands(first.size)} and ${plusMinus(last.value, last.mcse)} at ${thousands(last.size)}`,
    ...(tail
      ? [
          `between the two largest sizes FID falls by ${plusMinus(tail.slope, tail.mcse)}/N; Gaussian features would give ${theory.gaussian.toFixed(1)}, fourth moments give ${plusMinus(theory.fourth, theory.fourth_se)}`,
        ]
      : []),
    `${flips.length} of ${reversed.length} pairs of sets and sizes have their order reversed in every seed`,
  ].join('; ');
}
