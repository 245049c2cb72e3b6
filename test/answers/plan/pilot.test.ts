import { describe, expect, it } from 'vitest';
import { samplingFactor } from '../../../src/answers/correct/sampling-error.ts';
import { pilotOfPool, spectrumVariance } from '../../../src/answers/plan/pilot.ts';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { referenceOfStatistics } from '../../../src/metrics/reference.ts';
import { normalSource } from '../../../src/random/normals.ts';
import { stream } from '../../../src/random/stream.ts';
import { powerLaw } from '../../../src/surrogates/spectrum.ts';
import {
  commutingVarianceConstant,
  gaussianBiasConstant,
} from '../../../src/theory/gaussian-moments.ts';
import { diagonalStatistics } from '../../metrics/gaussians.ts';

const algebra = fastAlgebra(1);

describe('pilotOfPool', () => {
  it('finds the constants of Gaussian features', async () => {
    const q = [4, 2, 1, 0.5];
    const p = [5, 1.5, 1.2, 0.4];
    const offset = [0.5, -0.2, 0.3, 0.1];
    const rows = 10_000;
    const data = normalSource(stream('pilot')).fill(new Float64Array(rows * 4));
    for (let i = 0; i < data.length; i++)
      data[i] = data[i]! * Math.sqrt(p[i % 4]!) + offset[i % 4]!;
    const pool = {
      rows,
      dimension: 4,
      readBlock: (start: number, count: number, out: Float64Array) =>
        out.set(data.subarray(start * 4, (start + count) * 4)),
    };
    const reference = await referenceOfStatistics(diagonalStatistics([0, 0, 0, 0], q), algebra);
    const { constant, first } = await pilotOfPool(
      pool,
      reference,
      { referenceRows: null },
      [],
      algebra,
    );
    const traceP = p.reduce((total, value) => total + value, 0);
    const roots = Float64Array.from(q.map((value, i) => Math.sqrt(value * p[i]!)));
    const expected = gaussianBiasConstant(traceP, roots);
    expect(Math.abs(constant.value / expected - 1)).toBeLessThan(0.06);
    expect(Math.abs(constant.value - expected)).toBeLessThan(4 * constant.se);
    const variance = commutingVarianceConstant(
      ...([q, p, offset].map((values) => Float64Array.from(values)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ]),
    );
    expect(Math.abs(first / variance - 1)).toBeLessThan(0.1);
  });
});

describe('spectrumVariance', () => {
  it('is near what was published of FIDs, for a spectrum like theirs', () => {
    // The trace of cifar10-cfm; published spreads say k √FID.
    const spectrum = powerLaw(2048, 1.25, 344.6);
    const sd = Math.sqrt(spectrumVariance(spectrum, 4.6).first);
    const published = samplingFactor() * Math.sqrt(4.6);
    expect(sd / published).toBeGreaterThan(0.5);
    expect(sd / published).toBeLessThan(2);
  });

  it('is in the units of the features', () => {
    const small = spectrumVariance(powerLaw(20, 1, 3), 0.1);
    const large = spectrumVariance(powerLaw(20, 1, 300), 10);
    expect(large.first / small.first).toBeCloseTo(1e4, 5);
    expect(large.second / small.second).toBeCloseTo(1e4, 5);
  });
});
