import { StudyError } from '../errors.ts';
import {
  GAUSSIAN_NOTE,
  referenceBias,
  referenceError,
  type Tails,
  tailError,
  tailFactor,
} from '../theory/bias-constants.ts';
import { gaussianBiasConstant } from '../theory/gaussian-moments.ts';
import { combinationError, oneDistance, withoutDiagonal } from '../theory/variance.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { randomMatrixTraceSqrt } from './random-matrix-trace.ts';

/**
 * FID with the trace of the root by random-matrix theory: see `randomMatrixTraceSqrt`, which takes
 * away the spectral bias of all orders in d/N, and not only C/N. The rest is as small: |z̄|² is too
 * large by tr P/N, and of what the theory's limit leaves out the first term is ¼ Σ s_i/N (real
 * Gaussian features, docs/theory.md, section 6.4). The theory is one of light tails; for others the difference of the
 * constant by fourth moments to the Gaussian one is taken away too.
 */
export function randomMatrix(tails: Tails): Estimator {
  const method = tails === 'gaussian' ? 'random-matrix' : 'random-matrix-fourth';
  return {
    method,
    title: `random-matrix theory${tails === 'gaussian' ? '' : ', tails by fourth moments'}`,
    needs: () => (tails === 'fourth' ? { rows: true } : {}),
    estimate(shared) {
      const { rows, whole, variance } = shared;
      const eigenvalues = positive(whole.roots);
      if (eigenvalues.length >= rows - 1) {
        throw new StudyError(
          `${method}: ${rows} images of ${eigenvalues.length} dimensions`,
          'give more images than dimensions, or use another estimator',
        );
      }
      const { distance, traceGenerated, traceSqrt } = whole.terms;
      const trace = randomMatrixTraceSqrt(eigenvalues, rows - 1);
      const spectral = 2 * (trace - traceSqrt) + trace / (4 * rows);
      const factor = tailFactor(shared, tails);
      const heavier = ((factor - 1) * gaussianBiasConstant(0, whole.roots)) / rows;
      const bias = traceGenerated / rows + spectral + heavier;
      const fromReference = referenceBias(shared, tails);
      const sampling = combinationError(
        tails === 'fourth' ? withoutDiagonal(variance) : variance,
        oneDistance(rows),
      );
      const ofTails = tailError(shared, tails, 1);
      const ofReference = referenceError(shared, tails);
      return withInterval({
        method,
        estimate: distance - bias - fromReference,
        errors: { sampling, tails: ofTails, reference: ofReference },
        referenceBias: fromReference,
        diagnostics: { bias, trace_sqrt: trace, tail_factor: factor },
        notes: tails === 'gaussian' ? [GAUSSIAN_NOTE] : [],
      });
    },
  };
}

/** Eigenvalues s² above rounding, ascending. */
function positive(roots: Float64Array): Float64Array {
  const floor = 10 * roots.length * Number.EPSILON * (roots.at(-1) ?? 0) ** 2;
  return roots.map((root) => root * root).filter((value) => value > floor);
}
