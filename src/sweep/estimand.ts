import { largestOf } from '../arrays/extremes.ts';
import type { Fit } from '../charts/inputs.ts';
import { StudyError } from '../errors.ts';
import type { Estimand } from '../tables/estimand.ts';
import { thousands } from '../tables/number.ts';
import type { EstimateRow } from '../tables/rows.ts';
import { mean } from '../theory/statistics.ts';
import type { SweepInputs } from './inputs.ts';
import type { SweepSettings } from './settings.ts';

/**
 * Refuses an estimand that this source or these sizes cannot give, before hours of draws.
 *
 * @throws StudyError
 */
export function requireEstimand(
  { estimand, sizes, replacement }: Pick<SweepSettings, 'estimand' | 'sizes' | 'replacement'>,
  { population, pool }: Pick<SweepInputs, 'population' | 'pool'>,
): void {
  if (estimand === 'population' && !population) {
    throw new StudyError(
      'estimand population; the population behind real features is unknown',
      'use --estimand intercept or pool',
    );
  }
  // The one draw of a whole pool is not a point of the line.
  const several = sizes.filter((size) => replacement || size !== pool);
  if (estimand === 'intercept' && several.length < 2) throw noLine();
}

/**
 * What bias is measured against: the population's FID if it is known; otherwise the intercept of FID
 * on 1/N; with too few sizes for a line, the mean at the largest size.
 *
 * @returns null if no draw succeeded
 * @throws StudyError for an intercept if failed draws leave no line
 */
export function chooseEstimand(
  { estimand }: Pick<SweepSettings, 'estimand'>,
  { population, pool, referenceSize }: SweepInputs,
  rows: readonly EstimateRow[],
  fit: Fit | null,
): Estimand | null {
  const reference = referenceSize === null ? '' : ` against ${thousands(referenceSize)} references`;
  if (population && (estimand === 'auto' || estimand === 'population')) {
    const { distance } = population;
    return {
      value: distance,
      se: 0,
      kind: 'population',
      description: `FID between the two populations, in closed form: ${distance.toFixed(3)}`,
    };
  }
  if (fit && estimand !== 'pool') {
    const sizes = fit.sizes.map(thousands).join(', ');
    return {
      value: fit.intercept,
      se: fit.intercept_se ?? 0,
      kind: 'intercept',
      description: `intercept of FID on 1/N${reference}, fitted at N = ${sizes}`,
    };
  }
  if (estimand === 'intercept') throw noLine();
  return largestDraw(rows, pool, reference);
}

function noLine(): StudyError {
  return new StudyError(
    'estimand intercept; a line needs two sizes with draws',
    'add a size, or use --estimand pool',
  );
}

function largestDraw(
  rows: readonly EstimateRow[],
  pool: number | null,
  reference: string,
): Estimand | null {
  const found = rows.flatMap(({ size, estimate }) =>
    estimate === null ? [] : [{ size, estimate }],
  );
  const size = largestOf(found.map((row) => row.size));
  const values = found.filter((row) => row.size === size).map(({ estimate }) => estimate);
  if (values.length === 0) return null;
  const of = size === pool ? 'the whole pool' : 'the largest draws';
  return {
    value: mean(values),
    se: 0,
    kind: 'pool',
    size,
    description: `FID of ${of}, N = ${thousands(size)}${reference}; itself biased high`,
  };
}
