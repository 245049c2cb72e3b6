import { reduceToBand } from './band-reduction.ts';
import { BAND_STEP, releaseSpace, takeSpace } from './band-space.ts';
import { eigenvaluesOfTridiagonal } from './eigenvalues.ts';
import type { Gemm } from './gemm.ts';
import { conditionSymmetric, copyMirrored } from './symmetric.ts';

/**
 * Eigenvalues, ascending, of a symmetric matrix, in two stages: matrix products reduce it to a band
 * (`reduceToBand`), the band is chased to tridiagonal form, and that is solved by root-free QL. For
 * large matrices: below some hundred rows `symmetricEigenvalues`, which does it in one stage, is
 * faster. Errors are as there.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @throws StudyError when a is too short or holds NaN or an infinity
 */
export async function bandEigenvalues(
  a: Float64Array,
  n: number,
  gemm: Gemm,
): Promise<Float64Array> {
  const conditioned = conditionSymmetric(a, n, true);
  const size = conditioned.rows.length;
  if (size === 0) return new Float64Array(n);
  const space = takeSpace((size + 3) & ~3);
  try {
    const { kernel, memory, at, order, stride, view } = space;
    const matrix = view(at.matrix, order * stride);
    const padding = copyMirrored(a, n, conditioned, matrix, stride);
    await reduceToBand(space, gemm);
    kernel.chaseBulges(order, at.band, 8 * BAND_STEP, at.d, at.e, at.work);
    return eigenvaluesOfTridiagonal(
      { exports: kernel, memory, d: at.d, e: at.e, padding },
      n,
      conditioned,
    );
  } finally {
    releaseSpace(space);
  }
}
