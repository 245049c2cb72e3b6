import type { LinearAlgebra } from '../../src/linalg/algebra.ts';
import { bandEigenvalues } from '../../src/linalg/band-eigenvalues.ts';
import { symmetricEigenvalues } from '../../src/linalg/eigenvalues.ts';
import { symmetricEigen } from '../../src/linalg/eigenvectors.ts';
import { kernelGemm } from '../../src/linalg/kernel-gemm.ts';
import { semidefiniteFactor } from '../../src/linalg/semidefinite-factor.ts';

/** As in `src/linalg/fast.ts`. */
const BAND_FROM = 768;

const gemm = kernelGemm();
const algebra: LinearAlgebra = {
  gemm,
  symmetricEigenvalues: (a, n) =>
    n < BAND_FROM ? symmetricEigenvalues(a, n) : bandEigenvalues(a, n, gemm),
  symmetricEigen: (a, n) => symmetricEigen(a, n, gemm),
  semidefiniteFactor: (a, n) => semidefiniteFactor(a, n, gemm),
};

/** The linear algebra of a browser: our kernels alone, on the thread that calls. */
export function sharedAlgebra(): LinearAlgebra {
  return algebra;
}
