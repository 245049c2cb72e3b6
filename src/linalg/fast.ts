import { availableParallelism } from 'node:os';
import type { LinearAlgebra } from './algebra.ts';
import { semidefiniteFactor } from './cholesky.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';
import { symmetricEigen } from './eigenvectors.ts';
import { onnxGemm } from './gemm.ts';

/**
 * The linear algebra of the commands: onnxruntime's products and our WebAssembly kernels.
 *
 * @param threads of each product; everything else runs on one
 */
export function fastAlgebra(threads: number): LinearAlgebra {
  return {
    gemm: onnxGemm(threads),
    symmetricEigenvalues,
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
