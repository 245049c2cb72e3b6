import { availableParallelism } from 'node:os';
import type { LinearAlgebra } from './algebra.ts';
import { bandEigenvalues } from './band-eigenvalues.ts';
import { semidefiniteFactor } from './cholesky.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';
import { symmetricEigen } from './eigenvectors.ts';
import { onnxGemm } from './gemm.ts';

/** From this order on the way by matrix products and a band is the faster one. */
const BAND_FROM = 768;

/**
 * The linear algebra of the commands: onnxruntime's products and our WebAssembly kernels.
 *
 * @param threads of each product; everything else runs on one
 */
export function fastAlgebra(threads: number): LinearAlgebra {
  const wide = onnxGemm(threads);
  const narrow = threads === 1 ? wide : onnxGemm(1);
  const close = async () => {
    for (const gemm of new Set([wide, narrow])) await gemm.close();
  };
  return {
    gemm: { ...wide, close },
    symmetricEigenvalues: (a, n) =>
      n < BAND_FROM ? symmetricEigenvalues(a, n) : bandEigenvalues(a, n, wide, narrow),
    symmetricEigen,
    semidefiniteFactor,
  };
}

let shared: LinearAlgebra | undefined;

/** One for the whole process, with products on all cores: for whoever does not bring their own. */
export function sharedAlgebra(): LinearAlgebra {
  shared ??= fastAlgebra(availableParallelism());
  return shared;
}
