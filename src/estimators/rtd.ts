import { StudyError } from '../errors.ts';
import { referenceBias } from './bias-constants.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { RelativeTaylor, type RelativeTaylorResult } from './relative-taylor.ts';
import type { VarianceModel } from './variance.ts';

/**
 * Relative Taylor debiasing: see `RelativeTaylor`.
 *
 * @param degree L; four is where the pattern of the paper's errors over N is met best
 * @param pilot share of the rows that the series is built around
 */
export function rtd(degree = 4, pilot = 0.5): Estimator {
  const method = 'rtd';
  return {
    method,
    title: `relative Taylor debiasing to degree ${degree}`,
    needs({ rows }) {
      // Two rows a group and a pilot: that it has full rank is seen from the rows.
      if ((1 - pilot) * rows < 2 * degree + 1) {
        throw new StudyError(
          `${method}: a pool of ${rows} in a pilot and ${degree} groups`,
          'give more samples, or use another estimator',
        );
      }
      return { rows: true };
    },
    observe: ({ rows, reference, algebra }) =>
      new RelativeTaylor(reference, rows, algebra, { degree, pilot }),
    estimate(shared) {
      const result = shared.observed.get(method) as RelativeTaylorResult;
      const { estimate, terms, pilotRows, seriesRows, meanTerm } = result;
      const fromReference = referenceBias(shared, 'fourth');
      const se = seriesError(shared.variance, seriesRows, degree);
      const isSettled = degree < 2 || settles(terms, se);
      return withInterval({
        method,
        estimate: estimate - fromReference,
        se: isSettled ? se : null,
        diagnostics: {
          ...{ terms, mean_term: meanTerm, pilot_rows: pilotRows, series_rows: seriesRows },
          reference_bias: fromReference,
        },
        notes: isSettled ? [] : [UNSETTLED],
      });
    },
  };
}

const UNSETTLED =
  'no interval: its Taylor series has not settled at its last term, and what it leaves out may be as large; there are too few images a dimension';

/** Whether the last term, about as large as what is left out, is small beside the error and the first. */
function settles(terms: readonly number[], se: number): boolean {
  const [second, last] = [Math.abs(terms[2]!), Math.abs(terms.at(-1)!)];
  return last < se && (terms.length < 4 || last < second || last < 0.1 * se);
}

/**
 * The pilot's error cancels up to the degree of the series, so that what varies is the linear term of
 * the other n rows, and the mixed term of degree 2 over pairs of L groups: a degenerate U-statistic
 * that misses the pairs within a group. With 1/M of the reference as in `VarianceModel`.
 */
function seriesError(model: VarianceModel, rows: number, degree: number): number {
  const { first, second, reference, referenceRows } = model;
  const inverse = referenceRows === null ? 0 : 1 / referenceRows;
  const pairs = 1 / rows ** 2 / (degree > 1 ? 1 - 1 / degree : 1);
  const quadratic = pairs + (2 * inverse) / rows + inverse ** 2;
  return Math.sqrt(first / rows + reference * inverse + 2 * second * quadratic);
}
