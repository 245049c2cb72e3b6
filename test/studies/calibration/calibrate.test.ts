import { describe, expect, it } from 'vitest';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { calibrate } from '../../../src/studies/calibration/calibrate.ts';
import type { Targets } from '../../../src/studies/calibration/targets.ts';
import { discrepancy, powerLaw } from '../../../src/surrogates/spectrum.ts';
import {
  commutingVarianceConstant,
  gaussianBiasConstant,
} from '../../../src/theory/gaussian-moments.ts';

const algebra = fastAlgebra(1);

/** A surrogate that we know, and what theory says of it at N/d ≥ 40. */
const KNOWN = { dimension: 10, decay: 1, trace: 20, distance: 1.2, spread: 0.55, meanShare: 0.4 };

function targetsOf({ dimension, decay, trace, distance, spread, meanShare }: typeof KNOWN) {
  const q = powerLaw(dimension, decay, trace);
  const mean = distance * meanShare;
  const { variances, offset } = discrepancy(q, mean, distance - mean, spread);
  const traceGenerated = variances.reduce((sum, value) => sum + value, 0);
  const roots = q.map((value, i) => Math.sqrt(value * variances[i]!));
  const bias = gaussianBiasConstant(traceGenerated, roots);
  const variance = commutingVarianceConstant(q, variances, offset);
  return {
    dimension,
    decay,
    meanShare,
    difference: { sizes: [400, 2000], value: bias / 400 - bias / 2000 },
    level: { size: 2000, value: distance + bias / 2000 },
    spread: { size: 400, value: Math.sqrt(variance / 400) },
  } satisfies Targets;
}

describe('calibrate', () => {
  const targets = targetsOf(KNOWN);
  const options = { draws: 24, studySeed: 1, algebra, targets };

  it('finds a known surrogate from its targets', async () => {
    const { dimension, reference, generated } = await calibrate(options);
    if (reference.kind !== 'power-law' || generated.kind !== 'discrepancy') throw new Error('kind');
    expect([dimension, reference.exponent]).toEqual([10, 1]);
    expect(Math.abs(reference.trace / KNOWN.trace - 1)).toBeLessThan(0.03);
    const { mean_term, covariance_term, exponent } = generated;
    expect(Math.abs((mean_term + covariance_term) / KNOWN.distance - 1)).toBeLessThan(0.01);
    expect(mean_term / (mean_term + covariance_term)).toBeCloseTo(KNOWN.meanShare, 5);
    expect(Math.abs(exponent - KNOWN.spread)).toBeLessThan(0.05);
  });

  it('gives the same outcome again, says how it came about, and reports its steps', async () => {
    const steps: [number, number][] = [];
    const few = { ...options, draws: 3 };
    const onProgress = (done: number, total: number) => void steps.push([done, total]);
    const one = await calibrate({ ...few, onProgress });
    expect(await calibrate(few)).toEqual(one);
    expect(one.calibration).toMatchObject({
      command: 'study calibrate --draws 3 --study-seed 1',
      targets,
      monte_carlo_se: { 'bias at 400': expect.any(Number), 'bias at 2000': expect.any(Number) },
    });
    expect(steps[0]).toEqual([0, 9]);
    expect(steps.at(-1)).toEqual([9, 9]);
    const other = await calibrate({ ...few, studySeed: 2 });
    expect(other.reference).not.toEqual(one.reference);
  });
});
