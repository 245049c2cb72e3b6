import { log } from '../../kernels/elementary.ts';
import { familiesOf, meanOf, spreadBetweenModels, usablePairs } from './families.ts';
import { pairConstant } from './pair-constant.ts';
import { type PublishedPair, type Shares, sharesOf } from './pairs.ts';

/** Classes of labelled data sets; the others have no labels to draw. */
const CLASSES: Readonly<Record<string, number>> = { cifar10: 10, mnist: 10, imagenet: 1000 };

/**
 * How much less C balanced labels of ten classes may have. On real CIFAR-10 features of
 * nsfw-inception-v3, with 10 % of the variance between the classes, it is 0.9 % (docs/theory.md,
 * section 3.1, and results/label-protocol); FID's network may tell classes better, so twice that.
 */
const TEN_CLASS_GAP = 0.02;

/** Whether a data set has classes to balance. */
export function hasClasses(dataset: string): boolean {
  return dataset in CLASSES;
}

/**
 * How much C may differ between balanced and independent labels of a data set, as a share: as measured
 * for ten classes; for a thousand as the data sets say that have published pairs of both.
 */
export function classGap(dataset: string, pairs: readonly PublishedPair[]): number {
  const classes = CLASSES[dataset] ?? 1;
  if (classes === 1) return 0;
  return classes <= 10 ? TEN_CLASS_GAP : publishedGap(pairs);
}

/** Mean |log ratio| of the two constants over data sets and networks that have both; 0 if none has. */
function publishedGap(pairs: readonly PublishedPair[]): number {
  const spread = spreadBetweenModels(pairs)?.spread ?? 0;
  const gaps: number[] = [];
  const seen = new Set<string>();
  for (const pair of pairs) {
    const name = `${pair.dataset} ${pair.network}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const [fixed, independent] = (['fixed', 'independent'] as const).map((shares) =>
      meanOfShares(pair, shares, pairs, spread),
    );
    if (fixed && independent) gaps.push(Math.abs(log(fixed.value / independent.value)));
  }
  return gaps.reduce((total, gap) => total + gap, 0) / Math.max(1, gaps.length);
}

function meanOfShares(
  of: Pick<PublishedPair, 'dataset' | 'network'>,
  shares: Shares,
  pairs: readonly PublishedPair[],
  spread: number,
) {
  const used = usablePairs(of, pairs).filter((pair) => sharesOf(pair.label_protocol) === shares);
  return used.length === 0 ? null : meanOf(familiesOf(used.map(pairConstant)), spread);
}
