import { availableParallelism } from 'node:os';
import { dropSpareKernels } from '../kernels/shared.ts';
import type { LinearAlgebra } from './algebra.ts';
import { bandEigenvalues } from './band-eigenvalues.ts';
import { collectGarbage } from './collect-garbage.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';
import { symmetricEigen } from './eigenvectors.ts';
import { onnxGemm } from './gemm.ts';
import { semidefiniteFactor } from './semidefinite-factor.ts';
import { dropSpareMatrix } from './spare-matrix.ts';

/** From this order on, the reduction by matrix products and a band is faster. */
const BAND_FROM = 768;

/**
 * The linear algebra of the commands: onnxruntime's products and our WebAssembly kernels.
 *
 * @param threads of each product; everything else runs on one
 * @param beforeRun throws to end what computes at its next product
 */
export function fastAlgebra(threads: number, beforeRun?: () => void): LinearAlgebra {
  const gemm = onnxGemm(threads, beforeRun);
  return {
    gemm,
    symmetricEigenvalues: (a, n) =>
      n < BAND_FROM ? symmetricEigenvalues(a, n) : bandEigenvalues(a, n, gemm),
    symmetricEigen: (a, n) => symmetricEigen(a, n, gemm),
    semidefiniteFactor: (a, n) => semidefiniteFactor(a, n, gemm),
  };
}

let shared: LinearAlgebra | undefined;
let threads: number | undefined;

/** The default: one for the whole process, with products on all cores. */
export function sharedAlgebra(): LinearAlgebra {
  shared ??= fastAlgebra(threads ?? availableParallelism());
  return shared;
}

/** Leaves cores to other processes: call it before anything is computed. */
export function limitThreads(count: number): void {
  threads = count;
}

/**
 * Frees what the shared algebra does not need while idle (sessions, the kernels' memory, and unused
 * matrices): some 200 MB after a distance at d = 2048, which workers need more. Its next product opens
 * its session again.
 */
export async function restSharedAlgebra(): Promise<void> {
  await shared?.gemm.close();
  dropSpareKernels();
  dropSpareMatrix();
  collectGarbage();
}
