import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { FeatureRows } from './features.ts';
import { type KernelSumsOptions, kernelSums } from './kernel-sums.ts';
import { mmdVariance } from './mmd-variance.ts';
import { unbiasedMmd } from './unbiased-mmd.ts';

/** KID of two samples and its standard error. */
export interface KidEstimate {
  /** Unbiased for any number of images; may be negative if the two distributions are close. */
  readonly kid: number;
  /** Standard error; null below four images per side. */
  readonly se: number | null;
}

/**
 * Kernel Inception Distance (Bińkowski et al. 2018, arXiv 1801.01401): the squared maximum mean
 * discrepancy of features under the kernel (xᵀy/d + 1)³, as a U-statistic over all pairs. It is unbiased
 * at any number of images, so a negative value is not an error: values near zero scatter to both sides.
 *
 * @param reference features [M, d]
 * @param generated features [N, d]
 * @param options.algebra default: onnxruntime's products on all cores
 * @returns symmetric in its two sides, to rounding
 * @throws StudyError below two rows per side or if the dimensions differ; the signal's reason once it
 *   is aborted
 */
export async function kid(
  reference: FeatureRows,
  generated: FeatureRows,
  { algebra = sharedAlgebra(), ...options }: KernelSumsOptions & { algebra?: LinearAlgebra } = {},
): Promise<KidEstimate> {
  requirePair(reference, generated, 2);
  const sums = await kernelSums(reference, generated, algebra.gemm, options);
  const variance = mmdVariance(sums);
  return { kid: unbiasedMmd(sums), se: variance === null ? null : Math.sqrt(variance.total) };
}

/** @throws StudyError if the kernel cannot compare the two samples */
export function requirePair(
  x: Pick<FeatureRows, 'rows' | 'dimension'>,
  y: Pick<FeatureRows, 'rows' | 'dimension'>,
  least: number,
): void {
  if (x.dimension !== y.dimension) {
    throw new StudyError(
      `features of ${x.dimension} and of ${y.dimension} dimensions`,
      'compare features of one extractor',
    );
  }
  for (const { rows } of [x, y]) {
    if (rows >= least) continue;
    throw new StudyError(`KID of ${rows} images`, `it needs at least ${least} images per side`);
  }
}
