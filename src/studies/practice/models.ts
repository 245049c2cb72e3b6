import { StudyError } from '../../errors.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { resolveSurrogate } from '../../surrogates/load.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';

/**
 * A model that is worse than a surrogate's by a known factor: both terms of its population FID, the
 * mean's and the covariance's, are multiplied by it.
 *
 * @throws StudyError for a surrogate that is not defined by these terms
 */
export async function worseModel(
  { definition }: Surrogate,
  factor: number,
  algebra: LinearAlgebra,
): Promise<Surrogate> {
  const { generated, name } = definition;
  if (generated.kind !== 'discrepancy') {
    throw new StudyError(
      `${name} is not defined by its mean and covariance terms`,
      'give a surrogate whose generated side is a discrepancy, such as cifar10-cfm',
    );
  }
  const worse = {
    ...generated,
    mean_term: factor * generated.mean_term,
    covariance_term: factor * generated.covariance_term,
  };
  const changed = { ...definition, name: `${name} × ${factor}`, generated: worse };
  return resolveSurrogate(changed, '.', algebra);
}

/**
 * The same pair of distributions with the roles exchanged: draws of it are draws of the reference,
 * while the generated distribution is known.
 */
export async function withRolesExchanged(
  { definition, source }: Surrogate,
  algebra: LinearAlgebra,
): Promise<Surrogate> {
  const { map, whitened, offset } = source.geometry;
  if (map.kind !== 'diagonal' || whitened.kind !== 'diagonal') {
    throw new StudyError(
      `${definition.name} is not diagonal`,
      'give a surrogate defined by its spectrum',
    );
  }
  const p = Array.from(map.values, (deviation) => deviation ** 2);
  const q = Array.from(whitened.values, (root, i) => (root / map.values[i]!) ** 2);
  const exchanged = {
    ...definition,
    reference: { kind: 'eigenvalues' as const, values: p },
    generated: {
      kind: 'eigenvalues' as const,
      values: q,
      offset: Array.from(offset, (value) => -value),
    },
  };
  return resolveSurrogate(exchanged, '.', algebra);
}
