import { StudyError } from '../errors.ts';
import type { Tails } from '../theory/bias-constants.ts';
import { analytic, type Order } from './analytic.ts';
import type { Estimator } from './estimator.ts';
import { SMALLEST } from './extrapolate.ts';
import { fidInfinity } from './fid-infinity.ts';
import { halfSample } from './half-sample.ts';
import { jackknife } from './jackknife.ts';
import { jackknifeBoth } from './jackknife-both.ts';
import type { Schedule } from './nodes.ts';
import { plugIn } from './plug-in.ts';
import { polynomial, vale } from './polynomial.ts';
import { randomMatrix } from './random-matrix.ts';
import { rtd } from './rtd.ts';

const TAILS: readonly Tails[] = ['gaussian', 'fourth'];
const ORDERS: readonly Order[] = [1, 2, 3];
const SCHEDULES: readonly Schedule[] = ['uniform-n', 'uniform-inverse', 'chebyshev'];

/**
 * All estimators, the plug-in first.
 *
 * @param from smallest size of the extrapolations; 5,000 by default
 */
export function allEstimators(from = SMALLEST): Estimator[] {
  return [
    plugIn,
    fidInfinity(from),
    polynomial(2, 'uniform-n', from),
    ...SCHEDULES.flatMap((schedule) => [1, 2, 3].map((order) => vale(order, schedule, from))),
    jackknife(),
    jackknifeBoth(),
    halfSample,
    ...TAILS.flatMap((tails) => ORDERS.map((order) => analytic(tails, order))),
    randomMatrix('gaussian'),
    randomMatrix('rows'),
    rtd(),
  ];
}

/** @throws StudyError naming the estimators there are */
export function estimatorsNamed(methods: readonly string[], from = SMALLEST): Estimator[] {
  const all = allEstimators(from);
  return methods.map((method) => {
    const found = all.find((estimator) => estimator.method === method);
    if (found) return found;
    const names = all.map((estimator) => estimator.method).join(', ');
    throw new StudyError(`unknown estimator: ${method}`, `one of ${names}`);
  });
}
