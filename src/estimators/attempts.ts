import { StudyError } from '../errors.ts';
import type { SharedResults } from '../theory/shared-results.ts';
import type { Estimate } from './estimate.ts';
import type { Estimator, ObserverContext, RowObserver } from './estimator.ts';

export interface Estimation {
  readonly shared: SharedResults;
  /** In the order of the estimators. */
  readonly estimates: readonly Estimate[];
  /** Estimators that this pool is not for, and why. */
  readonly failures: readonly { readonly method: string; readonly error: StudyError }[];
}

/** Estimators, each of which may drop out on the way without taking the others along. */
export class Attempts {
  readonly failed = new Map<string, StudyError>();

  constructor(private readonly estimators: readonly Estimator[]) {}

  get left(): Estimator[] {
    return this.estimators.filter(({ method }) => !this.failed.has(method));
  }

  /** What a step gives for each estimator that is left, by method. */
  async each<Result>(
    step: (estimator: Estimator) => Result | Promise<Result>,
  ): Promise<Map<string, Result>> {
    const results = new Map<string, Result>();
    for (const estimator of this.left) {
      try {
        results.set(estimator.method, await step(estimator));
      } catch (error) {
        this.fail(estimator.method, error);
      }
    }
    return results;
  }

  fail(method: string, error: unknown): void {
    if (!(error instanceof StudyError)) throw error;
    this.failed.set(method, error);
  }

  async estimation(shared: SharedResults): Promise<Estimation> {
    const estimates = await this.each((estimator) => estimator.estimate(shared));
    const failures = [...this.failed].map(([method, error]) => ({ method, error }));
    return { shared, estimates: [...estimates.values()], failures };
  }
}

/** The observers of the estimators that are left; one that fails drops out with its estimator. */
export function observing(attempts: Attempts, context: ObserverContext): Map<string, RowObserver> {
  const observers = new Map<string, RowObserver>();
  for (const estimator of attempts.left) {
    const { method } = estimator;
    const observer = estimator.observe?.(context);
    if (!observer) continue;
    observers.set(method, {
      async add(rows, count) {
        if (attempts.failed.has(method)) return;
        try {
          await observer.add(rows, count);
        } catch (error) {
          attempts.fail(method, error);
        }
      },
      finish: () => observer.finish(),
    });
  }
  return observers;
}
