import { StudyError } from '../errors.ts';
import {
  GAUSSIAN_NOTE,
  referenceTailError,
  referenceTails,
  tailError,
} from '../theory/bias-constants.ts';
import { gaussianBiasConstant } from '../theory/gaussian-moments.ts';
import { intervalShift } from '../theory/interval-shift.ts';
import { constantOf, gaussianConstant, stretchesOf } from '../theory/population-constant.ts';
import { gaussianStretch, populationRoots } from '../theory/resolvent.ts';
import type { SharedResults } from '../theory/shared-results.ts';
import { combinationError, oneDistance, withoutDiagonal } from '../theory/variance.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';

/**
 * FID with the trace of the root by random-matrix theory, `populationRoots`, which takes away the
 * spectral bias of both samples in all orders of d/N and d/M, and not only C/N. The rest is as small:
 * |z̄|² is too large by tr P/N + tr Q/M, and of what the theory's limit leaves out the first term is
 * ¼ Σ s (1/N + 1/M) (real Gaussian features, docs/theory.md, section 6.4).
 *
 * `random-matrix` takes features for Gaussian; `random-matrix-rows` measures how far each side's rows
 * have moved its spectrum by their leverages, whatever their tails (`Leverages`).
 */
export function randomMatrix(of: 'gaussian' | 'rows'): Estimator {
  const method = of === 'gaussian' ? 'random-matrix' : 'random-matrix-rows';
  const tails = of === 'gaussian' ? 'gaussian' : 'fourth';
  return {
    method,
    title: `random-matrix theory${of === 'gaussian' ? '' : ', tails by the leverages of rows'}`,
    needs: () => (of === 'rows' ? { rows: true } : {}),
    estimate(shared) {
      requireRows(method, shared);
      const { rows, referenceRows, whole, variance } = shared;
      const { distance, traceGenerated, traceReference } = whole.terms;
      const { all, generated, own } = roots(shared, of);
      const trace = all + (own.generated + own.reference) * (all / 8);
      const inverse = referenceRows === null ? 0 : 1 / referenceRows;
      // Without the reference's rows, half of what their tails may add.
      const { factor, isMeasured } = referenceTails(shared, tails);
      const unseen = isMeasured ? 0 : (factor - 1) * gaussianBiasConstant(0, whole.roots) * inverse;
      const referenceBias =
        traceReference * inverse + 2 * (all - generated) + own.reference * (all / 4) + unseen;
      const bias =
        traceGenerated / rows + 2 * (trace - whole.terms.traceSqrt) + traceReference * inverse;
      const sampling = combinationError(
        of === 'rows' ? withoutDiagonal(variance) : variance,
        oneDistance(rows),
      );
      const constant = of === 'rows' ? constantOf(shared) : null;
      return withInterval({
        method,
        estimate: distance - bias - unseen,
        errors: {
          sampling,
          tails: of === 'gaussian' ? tailError(shared, tails, 1) : 0,
          reference: referenceTailError(shared, tails),
        },
        shift: intervalShift(shared),
        constant: constant ?? { value: gaussianConstant(shared), chance: null, rest: 0 },
        referenceBias,
        diagnostics: { bias: bias + unseen, trace_sqrt: trace },
        notes: of === 'gaussian' ? [GAUSSIAN_NOTE] : [],
      });
    },
  };
}

/** Σ √t with both samples undone, and with the generated one alone; and the limit's first terms. */
function roots(shared: SharedResults, of: 'gaussian' | 'rows') {
  const { resolvent, rows, referenceRows, ofGenerated, ofReference } = shared;
  const stretches =
    of === 'rows'
      ? stretchesOf(shared)!
      : [rows, referenceRows].flatMap((n) =>
          n === null ? [] : [gaussianStretch(resolvent, n - 1)],
        );
  // Rows count their own squares; see `spectralBias`.
  const sign = (isOfRows: boolean) => (of === 'rows' && isOfRows ? -1 : 1);
  const inverse = referenceRows === null ? 0 : 1 / referenceRows;
  return {
    all: populationRoots(resolvent, stretches),
    generated: populationRoots(resolvent, stretches.slice(0, 1)),
    own: {
      generated: sign(Boolean(ofGenerated?.leverages)) / rows,
      reference: sign(Boolean(ofReference?.leverages)) * inverse,
    },
  };
}

/** @throws StudyError for a side of no more rows than dimensions */
function requireRows(method: string, { resolvent, rows, referenceRows }: SharedResults): void {
  const rank = resolvent.roots.length;
  const sides = [
    [rows, 'generated images'],
    [referenceRows ?? Number.POSITIVE_INFINITY, 'reference images'],
  ] as const;
  for (const [count, what] of sides) {
    if (rank < count - 1) continue;
    throw new StudyError(
      `${method}: ${count} ${what} of ${rank} dimensions`,
      'give more images than dimensions, or use another estimator',
    );
  }
}
