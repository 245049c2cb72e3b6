import { expect, it } from 'vitest';
import { sharedAlgebra } from '../../../src/linalg/fast.ts';
import { calibrate } from '../../../src/studies/calibration/calibrate.ts';
import { loadSurrogate } from '../../../src/surrogates/load.ts';

it('calibrate finds the committed surrogate again, to 2 % from a single draw', async () => {
  const { definition } = await loadSurrogate('cifar10-cfm');
  // The first of the draws that it was found with; its error at 10,000 is about 0.016 of 2.07.
  const found = await calibrate({ draws: 1, studySeed: 0, algebra: sharedAlgebra() });
  const numbers = ({ reference, generated }: typeof definition) => {
    if (reference.kind !== 'power-law' || generated.kind !== 'discrepancy') throw new Error('kind');
    return [reference.trace, generated.mean_term, generated.covariance_term, generated.exponent];
  };
  const committed = numbers(definition);
  for (const [i, value] of numbers(found).entries()) {
    expect(Math.abs(value / committed[i]! - 1)).toBeLessThan(0.02);
  }
  expect(found.published).toEqual(definition.published);
});
