import { describe, expect, it } from 'vitest';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { distanceOfMoments } from '../../../src/metrics/frechet.ts';
import { normalSource } from '../../../src/random/normals.ts';
import { stream } from '../../../src/random/stream.ts';
import { simulatedBias, type WhiteDraw, whiteDraw } from '../../../src/studies/calibration/bias.ts';
import { diagonal } from '../../../src/surrogates/diagonal.ts';
import { parseSurrogate } from '../../../src/surrogates/load.ts';
import { gaussianBiasConstant } from '../../../src/theory/gaussian-moments.ts';
import { performance } from '../../../src/theory/performance.ts';
import { largestDifference } from '../../linalg/matrices.ts';
import { plainMoments } from '../../linalg/plain.ts';

const algebra = fastAlgebra(1);
const d = 12;
const SIZES = [60, 600];

const surrogate = diagonal(
  parseSurrogate(
    JSON.stringify({
      name: 'test',
      dimension: d,
      reference: { kind: 'power-law', exponent: 1, trace: 4 },
      generated: { kind: 'discrepancy', mean_term: 0.3, covariance_term: 0.3, exponent: 0.7 },
    }),
    'test',
  ),
);

async function whiteDraws(count: number): Promise<WhiteDraw[]> {
  const draws: WhiteDraw[] = [];
  for (let i = 0; i < count; i++) draws.push(await whiteDraw(d, SIZES, [7, i, 'test'], algebra));
  return draws;
}

describe('whiteDraw', () => {
  it('has the moments of the first rows of one stream, at each size', async () => {
    const sizes = [5, 60, 2500];
    const draw = await whiteDraw(d, sizes, ['white', 1], algebra);
    const data = normalSource(stream('white', 1)).fill(new Float64Array(2500 * d));
    for (const size of sizes) {
      const expected = plainMoments({ data: data.subarray(0, size * d), rows: size, columns: d });
      const { count, mean, covariance } = draw.get(size)!;
      expect(count).toBe(size);
      expect(largestDifference(mean, expected.mean)).toBeLessThan(1e-13);
      expect(largestDifference(covariance.data, expected.covariance)).toBeLessThan(1e-13);
    }
  });
});

describe('simulatedBias', () => {
  it('takes off control variates that have mean zero, and most of the spread with them', async () => {
    const draws = await whiteDraws(300);
    for (const size of SIZES) {
      const raw: number[] = [];
      const controls: number[] = [];
      for (const draw of draws) {
        const terms = await distanceOfMoments(surrogate.source.geometry, draw.get(size)!, algebra);
        const error = terms.distance - surrogate.population.distance;
        // Of a single draw the value is that draw's own error less its control.
        const { value } = await simulatedBias(surrogate, [draw], size, algebra);
        raw.push(error);
        controls.push(error - value);
      }
      const { mean } = performance(controls, 0);
      expect(Math.abs(mean.value / mean.mcse!)).toBeLessThan(4);
      const { value, se } = await simulatedBias(surrogate, draws, size, algebra);
      const plain = performance(raw, 0).mean;
      expect(value).toBeCloseTo(plain.value - mean.value, 12);
      expect(se).toBeLessThan(plain.mcse! / 2);
    }
  });

  it('agrees with first-order theory, closely enough to tell it from second order', async () => {
    const draws = await whiteDraws(100);
    const constant = gaussianBiasConstant(surrogate.population.traceGenerated, surrogate.roots);
    const { value, se } = await simulatedBias(surrogate, draws, 600, algebra);
    expect(se).toBeLessThan(0.02 * value);
    // At N/d = 50 what is left is of the order of d/N.
    expect(Math.abs(value - constant / 600)).toBeLessThan(4 * se + (0.02 * constant) / 600);
  });

  it('has no error from one draw', async () => {
    const [draw] = await whiteDraws(1);
    expect((await simulatedBias(surrogate, [draw!], 60, algebra)).se).toBe(0);
  });
});
