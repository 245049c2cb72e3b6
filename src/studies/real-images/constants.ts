import { estimatorsNamed } from '../../estimators/registry.ts';
import { estimatePool } from '../../estimators/run.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Reference } from '../../metrics/reference.ts';
import type { Pool } from './pool.ts';

/** The bias constants of a comparison by theory, from its whole pool. */
export interface BiasConstants {
  /** C for Gaussian features of the same covariances. */
  readonly gaussian: number;
  /** C by the fourth moments of the features. */
  readonly fourth: number;
  /** Standard error of `fourth` over the rows. */
  readonly fourthError: number;
  /** FID at infinite N and M, by the fourth-moment constant. */
  readonly debiased: number;
  /** FID of the whole pool. */
  readonly plugIn: number;
}

/** Both constants C of the bias C/N: docs/theory.md, section 3. */
export async function biasConstants(
  referencePool: Pool,
  reference: Reference,
  generated: Pool,
  algebra: LinearAlgebra,
): Promise<BiasConstants> {
  const { estimates, failures } = await estimatePool(generated, reference, {
    estimators: estimatorsNamed(['plug-in', 'analytic-gaussian', 'analytic-fourth']),
    referenceRows: referencePool.rows,
    algebra,
    seed: null,
  });
  for (const { error } of failures) throw error;
  const of = (method: string) => estimates.find((each) => each.method === method)!;
  const fourth = of('analytic-fourth');
  return {
    gaussian: of('analytic-gaussian').constant!.value,
    fourth: fourth.constant!.value,
    fourthError: fourth.constant!.chance!,
    debiased: fourth.estimate,
    plugIn: of('plug-in').estimate,
  };
}
