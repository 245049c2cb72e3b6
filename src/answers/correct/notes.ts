import { aboutBias } from '../../tables/fid-caption.ts';
import { thousands } from '../../tables/number.ts';
import type { BiasConstant, DatasetConstant } from './bias-constant.ts';
import { hasClasses } from './class-gap.ts';
import type { Correction } from './correct.ts';
import { count } from './explain.ts';
import type { Sizes } from './pair-constant.ts';
import type { PublishedPair } from './pairs.ts';

/** What a reader must know before they quote a corrected FID: above all, where it is not known. */
export function correctionNotes(
  from: Sizes,
  to: Sizes,
  constant: BiasConstant | DatasetConstant,
  { fid, upper, reliable }: Correction,
  pairs: readonly PublishedPair[],
): string[] {
  const notes: string[] = [];
  const sizes = [from, to].flatMap(({ generated, reference }) => [generated, reference ?? 0]);
  const small = Math.min(...sizes.filter((n) => n > 0));
  if (!reliable && small <= constant.dimension) {
    notes.push(
      `not to be relied on: at ${count(small)} images, no more than the ${count(constant.dimension)} features, bias does not follow 1/N; use an estimate from the images themselves`,
    );
  }
  if (constant.isRough) {
    notes.push(
      `not to be relied on: the constant is from too few images for ${count(constant.dimension)} features, and further off than its error says`,
    );
  }
  if (upper < 0) {
    notes.push(`the whole interval is below 0, which no FID is: ${impossible(from, constant)}`);
  } else if (fid < 0) {
    notes.push('a negative value is what an unbiased estimate of a small FID may be');
  }
  if (!('dataset' in constant)) return notes;
  notes.push(...labelNotes(constant));
  const families = new Set(constant.pairs.map(({ pair }) => pair.family));
  if (families.size === 1) {
    notes.push(
      `${constant.dataset} has one published source; how models differ is borrowed from other data sets`,
    );
    const [first] = constant.pairs;
    if (first?.pair.note) notes.push(`${first.pair.model}: ${first.pair.note}`);
  }
  for (const pair of pairs) {
    if (pair.use === 'counter-example' && isOf(pair, constant)) {
      notes.push(`a counter-example of ${pair.model}: ${pair.note} (${pair.source})`);
    }
  }
  return notes;
}

/** What the labels of the sources leave open. */
export function labelNotes({
  dataset,
  labelProtocol,
  byShares,
  labelGap,
  value,
}: DatasetConstant): string[] {
  const { fixed, independent } = byShares;
  const about = (constant: number) => thousands(100 * Math.round(constant / 100));
  if (fixed !== undefined && independent !== undefined) {
    return [
      `how labels are drawn is not stated: C is ${about(fixed)} of balanced and ${about(independent)} of random labels, and the interval covers both (--label-protocol)`,
    ];
  }
  if (labelProtocol !== null && labelProtocol !== 'none' && !hasClasses(dataset)) {
    return [
      `published images of ${dataset} have no class labels: C is that of unconditional models`,
    ];
  }
  if (labelGap === 0) return [];
  const share = `${(100 * labelGap).toFixed(0)} %`;
  if (labelProtocol === null && byShares.unknown === undefined) return [];
  const sources =
    byShares.unknown !== undefined
      ? 'how labels were drawn is not known of the sources'
      : `no source has ${labelProtocol} labels`;
  return [`${sources}: the interval allows for ${share} of C = ${about(value)} either way`];
}

function isOf(pair: PublishedPair, { dataset, network }: DatasetConstant): boolean {
  return pair.dataset === dataset && pair.network === network;
}

/** What may be wrong with a reported FID that is smaller than its own bias. */
function impossible({ generated, reference }: Sizes, { value }: BiasConstant): string {
  const bias = aboutBias(value / generated);
  const ofReference =
    reference === null || !Number.isFinite(reference)
      ? ''
      : `, that of ${count(reference)} references C/M ≈ ${aboutBias(value / reference)}`;
  return `the bias alone of ${count(generated)} images is C/N ≈ ${bias}${ofReference}; the inputs contradict each other: another network or N than stated, a wrong M or constant, or images shared with the reference`;
}
