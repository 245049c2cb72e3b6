import { StudyError } from '../errors.ts';
import { Z95 } from '../theory/normal.ts';
import type { SubsetDistance } from '../theory/shared-results.ts';
import { mean } from '../theory/statistics.ts';
import { studentTQuantile } from '../theory/student-t.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';

const method = 'jackknife-both';
const GROUPS = 8;

/**
 * Delete-group jackknife over both sides: FID less what groups of generated rows and groups of reference
 * rows, each left out in turn, say of the bias of either side. It needs no theory of tails, and one
 * distance for each group. Its sampling error is that of the pseudo-values of both sides, with as many
 * degrees of freedom as there are groups but one. What it leaves of the second order is taken to be
 * 0.21 d/N of what it takes away, that of isotropic features (docs/theory.md, (3.7)).
 *
 * @param groups G, of each side
 */
export function jackknifeBoth(groups = GROUPS): Estimator {
  return {
    method,
    title: `delete-group jackknife of both sides, ${groups} groups each`,
    needs({ rows }) {
      if (rows < 3 * groups) {
        throw new StudyError(
          `${method}: a pool of ${rows} in ${groups} groups`,
          `give ${3 * groups} samples or more`,
        );
      }
      return { groups, referenceGroups: groups };
    },
    estimate({ whole, rows, referenceRows, dimension, leftOut, referenceLeftOut }) {
      const reference = referenceLeftOut.get(groups);
      if (referenceRows !== null && !reference) {
        throw new StudyError(
          `${method} needs the reference's features, ${3 * groups} or more, not its statistics`,
          'give features or images as the reference, or use random-matrix',
        );
      }
      const { distance } = whole.terms;
      const generated = sideOf(distance, leftOut.get(groups)!);
      const ofReference = reference ? sideOf(distance, reference) : { bias: 0, variance: 0 };
      const left = (0.21 * dimension * groups) / (groups - 1);
      const inverse = referenceRows === null ? 0 : 1 / referenceRows;
      const t = studentTQuantile(0.975, groups - 1) / Z95;
      return withInterval({
        method,
        estimate: distance - generated.bias - ofReference.bias,
        errors: {
          sampling: t * Math.sqrt(generated.variance + ofReference.variance),
          truncation: Math.abs((generated.bias * left) / rows),
          reference: Math.abs(ofReference.bias * left * inverse),
        },
        constant: {
          value: rows * generated.bias,
          chance: rows * t * Math.sqrt(generated.variance),
          rest: Math.abs(generated.bias * left),
        },
        referenceBias: ofReference.bias,
        diagnostics: { groups },
      });
    },
  };
}

/** What the distances without each group say: (G − 1)(mean − FID), and the variance of pseudo-values. */
function sideOf(distance: number, without: readonly SubsetDistance[]) {
  const distances = without.map(({ terms }) => terms.distance);
  const count = distances.length;
  const average = mean(distances);
  const squares = distances.reduce((sum, each) => sum + (each - average) ** 2, 0);
  const variance = (squares * (count - 1)) / count;
  return { bias: (count - 1) * (average - distance), variance };
}
