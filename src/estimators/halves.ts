import { StudyError } from '../errors.ts';
import type { Needs, PoolSize } from './estimator.ts';

/** @throws StudyError for a pool whose halves have no covariance */
export function requireHalves(method: string, { rows }: PoolSize): Needs {
  if (rows < 4) {
    throw new StudyError(`${method}: half of a pool of ${rows}`, 'give 4 samples or more');
  }
  return { halves: true };
}
