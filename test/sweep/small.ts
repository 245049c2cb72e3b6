import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { parseSurrogate, resolveSurrogate } from '../../src/surrogates/load.ts';
import { poolInputs, type SweepInputs, surrogateInputs } from '../../src/sweep/inputs.ts';
import { poolJob } from '../draws/jobs.ts';

/** A surrogate that is drawn from in no time; its population FID is 0.2. */
export const SMALL = {
  name: 'small',
  dimension: 12,
  reference: { kind: 'power-law', exponent: 1, trace: 4 },
  generated: { kind: 'discrepancy', mean_term: 0.1, covariance_term: 0.1, exponent: 1 },
};

/** What a sweep of it draws from. */
export async function smallInputs(exactMoments = false, more: object = {}): Promise<SweepInputs> {
  const definition = parseSurrogate(JSON.stringify({ ...SMALL, ...more }), 'small');
  return surrogateInputs(await resolveSurrogate(definition, '.', sharedAlgebra()), {
    exact_moments: exactMoments,
  });
}

/** What a sweep of a pool of 12-d features in a file draws from; the reference has 100 rows. */
export async function poolInputsOf(
  folder: string,
  rows: number,
  comparable: boolean | null = null,
): Promise<SweepInputs> {
  const { path, reference } = await poolJob(folder, rows, 12, `pool-${rows}`);
  const side = { path, sha256: `sha256 of ${rows}`, model: 'net', mode: 'clean', comparable };
  return poolInputs(
    reference,
    { featuresPath: path, rows, dimension: 12 },
    { name: 'pool', reference: { ...side, rows: 100 }, generated: { ...side, rows } },
  );
}
