import { StudyError } from '../errors.ts';
import { referenceBias, referenceError } from '../theory/bias-constants.ts';
import type { VarianceModel } from '../theory/variance.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { RelativeTaylor, type RelativeTaylorResult } from './relative-taylor.ts';

/**
 * Relative Taylor debiasing: see `RelativeTaylor`.
 *
 * Degree and folds are those that meet the pattern of the paper's errors over N best (10,000, 20,000
 * and 50,000 images of 2,048 dimensions, as shares of the plug-in's: 28, 0.28 and 0.13). On isotropic
 * features two folds have 19, 0.90 and 0.06, three 3.4, 0.26 and 0.04, four 1.7, 0.17 and 0.04.
 *
 * @param degree L
 * @param folds K; a pilot has a share of 1 − 1/K of the rows
 */
export function rtd(degree = 4, folds = 3): Estimator {
  const method = 'rtd';
  return {
    method,
    title: `relative Taylor debiasing to degree ${degree}`,
    needs({ rows }) {
      // Two contrasts a group: that pilots have full rank is seen from the rows.
      if (rows - 1 < 2 * degree * folds) {
        throw new StudyError(
          `${method}: a pool of ${rows} in ${degree * folds} groups`,
          'give more samples, or use another estimator',
        );
      }
      return { rows: true };
    },
    observe: ({ rows, reference, algebra }) =>
      new RelativeTaylor(reference, rows, algebra, { degree, folds }),
    estimate(shared) {
      const result = shared.observed.get(method) as RelativeTaylorResult;
      const { estimate, terms, pilotRows, seriesRows, meanTerm } = result;
      const fromReference = referenceBias(shared, 'fourth');
      const ofReference = referenceError(shared, 'fourth');
      const se = seriesError(shared.variance, shared.rows, degree, folds);
      const isSettled = degree < 2 || settles(terms, se);
      return withInterval({
        method,
        estimate: estimate - fromReference,
        errors: isSettled ? { sampling: se, reference: ofReference } : null,
        referenceBias: fromReference,
        diagnostics: {
          terms,
          mean_term: meanTerm,
          pilot_rows: pilotRows,
          series_rows: seriesRows,
        },
        notes: isSettled ? [] : [UNSETTLED],
      });
    },
  };
}

const UNSETTLED =
  'no interval: its Taylor series has not settled at its last term, and what it leaves out may be as large; there are too few images a dimension';

/** Whether the last term, about as large as what is left out, is small compared with the error and the first. */
function settles(terms: readonly number[], se: number): boolean {
  const [second, last] = [Math.abs(terms[2]!), Math.abs(terms.at(-1)!)];
  return last < se && (terms.length < 4 || last < second || last < 0.1 * se);
}

/**
 * A pilot's error cancels up to the degree of the series, so that what varies is the linear term,
 * which all N rows share over the folds, and the mixed term of degree 2 over pairs of a fold's L
 * groups: a degenerate U-statistic that misses pairs of rows in different folds and those within a
 * group. With 1/M of the reference as in `VarianceModel`.
 */
function seriesError(model: VarianceModel, rows: number, degree: number, folds: number): number {
  const { first, second, reference, referenceRows } = model;
  const inverse = referenceRows === null ? 0 : 1 / referenceRows;
  const pairs = folds / rows ** 2 / (degree > 1 ? 1 - 1 / degree : 1);
  const quadratic = pairs + (2 * inverse) / rows + inverse ** 2;
  return Math.sqrt(first / rows + reference * inverse + 2 * second * quadratic);
}
