import { describe, expect, it } from 'vitest';
import { estimatorsNamed } from '../../src/estimators/registry.ts';
import { estimatePool, estimateStatistics } from '../../src/estimators/run.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { statisticsOfFeatures } from '../../src/metrics/features.ts';
import { referenceOfStatistics } from '../../src/metrics/reference.ts';
import { mechanism } from '../../src/studies/bake-off/mechanisms.ts';
import { plainAlgebra } from '../linalg/plain.ts';
import { smallPool } from './pools.ts';

const algebra = fastAlgebra(1);
const d = 24;
const run = { seed: null, algebra };
const holds = (truth: number, each: { lower: number | null; upper: number | null }) =>
  each.lower! <= truth && truth <= each.upper!;

describe('intervals of estimators that stop at the first order', async () => {
  const wide = 48;
  const { reference, draw, truth } = await mechanism('isotropic', true, wide, algebra);
  const methods = ['plug-in', 'jackknife', 'half-sample'];

  it('allow for the second order, by which both are below the truth with few images', async () => {
    // 5,000 images of 2,048 dimensions.
    const rows = Math.round(2.44 * wide);
    const repetitions = 12;
    const hits = new Map(methods.map((method) => [method, 0]));
    let [bias, allowed] = [0, 0];
    for (let seed = 0; seed < repetitions; seed++) {
      const estimators = estimatorsNamed(methods);
      const { estimates } = await estimatePool(draw(rows, ['second order', seed]), reference, {
        ...run,
        estimators,
      });
      for (const each of estimates) {
        if (holds(truth, each)) hits.set(each.method, hits.get(each.method)! + 1);
      }
      const [, jackknife] = estimates;
      bias += (jackknife!.estimate - truth) / repetitions;
      allowed += jackknife!.errors!.truncation / repetitions;
    }
    expect(hits.get('plug-in')).toBe(0);
    expect(hits.get('jackknife')).toBeGreaterThanOrEqual(repetitions - 1);
    expect(hits.get('half-sample')).toBeGreaterThanOrEqual(repetitions - 1);
    // What is allowed is about what is left.
    expect(bias).toBeLessThan(0);
    expect(allowed).toBeGreaterThan(-bias / 2);
    expect(allowed).toBeLessThan(-3 * bias);
  });

  it('are exact for the jackknife where D/N² is all there is beyond C/N', async () => {
    const { pool, reference: other } = await smallPool(90, 6, 1);
    const estimators = estimatorsNamed(['jackknife', 'half-sample']);
    const options = { estimators, seed: null, algebra: plainAlgebra };
    const { estimates } = await estimatePool(pool, other, options);
    const [jackknife, half] = estimates;
    // FID_N = F + C/N + D/N² leaves −10/9 D/N² and −2 D/N²: 10/9 over 2 − 10/9 of the difference.
    const expected = 1.25 * Math.abs(jackknife!.estimate - half!.estimate);
    expect(jackknife!.errors!.truncation).toBeCloseTo(expected, 10);
    const sampling = jackknife!.errors!.sampling;
    expect(jackknife!.se).toBeCloseTo(Math.hypot(sampling, expected), 10);
  });
});

describe('the interval from statistics alone', () => {
  it('holds the truth of heavy-tailed features, whose estimate is too high, and says so', async () => {
    const { reference, draw, truth } = await mechanism('student-t', true, d, algebra);
    const rows = 5 * d;
    const estimators = estimatorsNamed(['random-matrix']);
    let [hits, errors] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const statistics = await statisticsOfFeatures(draw(rows, ['tails', seed]), algebra);
      const found = await estimateStatistics(statistics, rows, reference, { estimators, algebra });
      const [estimate] = found.estimates;
      if (holds(truth, estimate!)) hits++;
      errors += estimate!.estimate - truth;
      expect(estimate!.notes.join()).toContain('likely too high');
    }
    expect(errors).toBeGreaterThan(0);
    expect(hits).toBeGreaterThanOrEqual(18);
  });
});

describe('the interval against a reference of few images', () => {
  it('allows for the second order of its bias', async () => {
    const { draw, truth } = await mechanism('isotropic', true, d, algebra);
    // M as few as 4,000 of 2,048 dimensions, and ten times as many generated images.
    const [rows, referenceRows] = [20 * d, 2 * d];
    const estimators = estimatorsNamed(['plug-in', 'analytic-fourth-2']);
    let [hits, bias, plugIn, allowed] = [0, 0, 0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const real = draw(referenceRows, ['real', seed]);
      const sample = await referenceOfStatistics(
        await statisticsOfFeatures(real, algebra),
        algebra,
      );
      const { estimates } = await estimatePool(draw(rows, ['few', seed]), sample, {
        ...run,
        estimators,
        referenceRows,
        referenceFeatures: real,
      });
      const [whole, found] = estimates;
      if (holds(truth, found!)) hits++;
      plugIn += whole!.estimate / 20;
      bias += found!.estimate / 20;
      allowed += found!.errors!.reference / 20;
    }
    // A tenth of the plug-in's bias is left, which chance does not explain.
    expect(bias).toBeGreaterThan(0.05 * plugIn);
    expect(allowed).toBeGreaterThan(bias / 2);
    expect(allowed).toBeLessThan(3 * bias);
    expect(hits).toBeGreaterThanOrEqual(18);
  });
});
