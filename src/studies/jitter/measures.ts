import { largestOf } from '../../arrays/extremes.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import {
  distanceOfFeatures,
  featuresInMemory,
  referenceOfFeatures,
} from '../../metrics/features.ts';
import { kid } from '../../metrics/kid.ts';
import type { Reference } from '../../metrics/reference.ts';
import { mean } from '../../theory/statistics.ts';
import type { RepeatedExtraction } from './extraction.ts';
import { featureChange } from './features.ts';

/** What is measured for every variation, in the order of the tables. */
export const measureNames = [
  'feature_largest_change',
  'feature_relative_change',
  'features_changed',
  'fid',
  'fid_one_side',
  'fid_reference',
  'kid',
  'kid_one_side',
  'psnr',
  'ssim',
  'lpips',
] as const;

export type MeasureName = (typeof measureNames)[number];

/** A number for each measure; null if it could not be measured. */
export type Measures = Readonly<Record<MeasureName, number | null>>;

/** Distances of features, to compare with those of the baseline. */
export const distanceNames = ['fid', 'fid_one_side', 'fid_reference'] as const;

/** Distances of the images to their copies, which are equal in the baseline. */
export const pairNames = ['fid', 'fid_one_side'] as const satisfies readonly MeasureName[];

export type Extracted = Pick<
  RepeatedExtraction,
  'originals' | 'copies' | 'psnr' | 'ssim' | 'lpips'
>;

/**
 * Measures one variation against the baseline.
 *
 * `fid` and `kid` compare originals with copies, both extracted in this way; in `fid_one_side` and
 * `kid_one_side` the originals are the baseline's, as if reference statistics came from another
 * machine; `fid_reference` compares the copies with a larger reference set.
 */
export async function measuresOf(
  { originals, copies, ...scores }: Extracted,
  baseline: Extracted,
  dimension: number,
  reference: Reference | null,
  algebra: LinearAlgebra,
): Promise<Measures> {
  const changes = [
    featureChange(originals, baseline.originals, dimension),
    featureChange(copies, baseline.copies, dimension),
  ] as const;
  const generated = featuresInMemory(copies, dimension);
  const fidTo = async (to: Reference) =>
    (await distanceOfFeatures(to, generated, algebra)).distance;
  const own = featuresInMemory(originals, dimension);
  const others = featuresInMemory(baseline.originals, dimension);
  return {
    feature_largest_change: largestOf(changes.map(({ largest }) => largest)),
    feature_relative_change: largestOf(changes.map(({ relative }) => relative)),
    features_changed: mean(changes.map(({ changed }) => changed)),
    fid: await fidTo(await referenceOfFeatures(own, algebra)),
    fid_one_side: await fidTo(await referenceOfFeatures(others, algebra)),
    fid_reference: reference && (await fidTo(reference)),
    kid: (await kid(own, generated, { algebra })).kid,
    kid_one_side: (await kid(others, generated, { algebra })).kid,
    // For a lossless copy the ratio is infinite.
    psnr: finite(mean(scores.psnr)),
    ssim: mean(scores.ssim),
    lpips: scores.lpips && mean(scores.lpips),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
