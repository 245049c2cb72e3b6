import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { parseSurrogate, resolveSurrogate } from '../../../src/surrogates/load.ts';

export const algebra = fastAlgebra(1);

/** A surrogate of 24 dimensions of the built-in one's form. */
export const small = await resolveSurrogate(
  parseSurrogate(
    JSON.stringify({
      name: 'small',
      dimension: 24,
      reference: { kind: 'power-law', exponent: 1.25, trace: 10 },
      generated: {
        kind: 'discrepancy',
        mean_term: 0.3,
        covariance_term: 0.2,
        exponent: 0.6,
      },
    }),
    'small',
  ),
  '.',
  algebra,
);
