import { describe, expect, it } from 'vitest';
import { ratioAgainstN } from '../../../src/charts/ratio-against-n.ts';
import type { Draw } from '../../../src/studies/bake-off/draws.ts';
import { bakeOffPerformance } from '../../../src/studies/bake-off/performance.ts';
import { claimLine, claims, standings } from '../../../src/studies/bake-off/recommendation.ts';
import { compileWarnings, schemaErrors } from '../../charts/vega-lite.ts';

/** Errors of one estimator, repetition by repetition; null is a failure. */
type Errors = readonly (number | null)[];

/** Draws around a truth of 1, with intervals of ± 0.5. */
function drawsOf(size: number, errors: Readonly<Record<string, Errors>>, mechanism = 'spiked') {
  const repetitions = Object.values(errors)[0]!.length;
  return Array.from({ length: repetitions }, (_, i): Draw => {
    const attempts = Object.entries(errors).map(([method, list]) => {
      const error = list[i] ?? null;
      const at = (shift: number) => (error === null ? null : 1 + error + shift);
      return { method, estimate: at(0), lower: at(-0.5), upper: at(0.5) };
    });
    return {
      mechanism,
      same: false,
      reference: 'known',
      size,
      repetition: i + 1,
      truth: 1,
      isReliable: true,
      attempts,
    };
  });
}

const times = (count: number, list: Errors) => Array.from({ length: count }, () => list).flat();
const errors = {
  'plug-in': [4, 5, 6, 5],
  half: [0.1, -0.3, 0.7, -0.1],
  fragile: [0, null, 0, 0],
};
const repeated = (count: number) =>
  Object.fromEntries(Object.entries(errors).map(([name, list]) => [name, times(count, list)]));
const draws = drawsOf(5000, repeated(3));
const rows = bakeOffPerformance(draws);
const of = (method: string, measure: string) =>
  rows.find((row) => row.method === method && row.measure === measure)!;

describe('performance in the bake-off', () => {
  it('has bias, spread and RMSE with their Monte-Carlo errors', () => {
    expect(of('plug-in', 'bias').value).toBe(5);
    expect(of('plug-in', 'sd').value).toBeCloseTo(Math.sqrt(6 / 11), 14);
    expect(of('plug-in', 'bias').mcse).toBeCloseTo(Math.sqrt(6 / 11 / 12), 14);
    expect(of('half', 'rmse').value).toBeCloseTo(Math.sqrt(0.6 / 4), 14);
  });

  it('has the share of intervals that hold the truth', () => {
    expect(of('half', 'coverage').value).toBe(0.75);
    expect(of('half', 'coverage').mcse).toBeCloseTo(Math.sqrt((0.75 * 0.25) / 12), 14);
    expect(of('plug-in', 'coverage').value).toBe(0);
  });

  it('has no coverage below ten repetitions, and nothing is recommended then', () => {
    const few = drawsOf(5000, repeated(2));
    const measured = bakeOffPerformance(few);
    const coverages = measured.filter(({ measure }) => measure === 'coverage');
    expect(coverages.map(({ value }) => value)).toEqual([null, null, null]);
    for (const each of standings(measured, few)) {
      expect(each).toMatchObject({ coverage: null, worst_coverage: null, recommended: false });
    }
  });

  it('counts failures and leaves them out', () => {
    expect(of('fragile', 'bias')).toMatchObject({ n_draws: 9, n_failed: 3, value: 0 });
  });

  it('divides a bias by the plug-in’s of the same draws', () => {
    expect(of('half', 'relative_bias').value).toBeCloseTo(0.1 / 5, 14);
    expect(of('plug-in', 'relative_bias')).toMatchObject({ value: 1, mcse: 0 });
  });
});

describe('the recommendation', () => {
  const covering = [0.1, -0.2, 0.3, -0.1, 0.2, -0.3, 0.1, 0.2, -0.2, 0.4];
  const sharp = covering.map((error) => error / 10 + 0.01);
  const many = (list: Errors) => times(4, list);

  it('is the estimator with the smallest error whose intervals cover', () => {
    // 37 of 40 intervals hold the truth, or 20 of 40.
    const good = many(covering).map((error, i) => (i < 3 ? 0.9 : error));
    const overconfident = many(sharp).map((error, i) => (i % 2 === 0 ? 0.51 : error));
    const plugIn = good.map(() => 5);
    const all = drawsOf(5000, { 'plug-in': plugIn, good, overconfident });
    const found = standings(bakeOffPerformance(all), all);
    expect(found.find(({ recommended }) => recommended)?.method).toBe('good');
  });

  it('is, among tied estimators, the one best or tied at the most sizes in a row', () => {
    const at = (size: number, a: number, b: number) =>
      drawsOf(size, {
        'plug-in': many(covering).map(() => 5),
        a: times(
          4,
          covering.map((error) => error * a),
        ),
        b: times(
          4,
          covering.map((error) => error * b),
        ),
      });
    // Both are best or in a draw at three sizes; a at every other one.
    const all = [
      ...at(1000, 0.5, 1),
      ...at(2000, 1, 0.5),
      ...at(5000, 0.5, 0.52),
      ...at(10_000, 1, 0.5),
      ...at(20_000, 0.5, 1),
    ];
    const found = standings(bakeOffPerformance(all), all).filter(({ recommended }) => recommended);
    expect(found.map(({ method }) => method)).toEqual(['a', 'b', 'b', 'b', 'a']);
  });

  it('is never one that fails, nor the plug-in', () => {
    const found = standings(rows, draws);
    expect(found.filter(({ recommended }) => recommended).map(({ method }) => method)).toEqual([
      'half',
    ]);
    expect(found.find(({ method }) => method === 'fragile')?.failures).toBe(3);
  });

  it('is compared with the plug-in with many images, surrogate by surrogate', () => {
    const small = drawsOf(5000, { 'plug-in': [5, 5], half: [0.2, -0.2] });
    const large = drawsOf(50_000, { 'plug-in': [0.5, 0.5], half: [0.1, -0.1] });
    const other = [
      ...drawsOf(5000, { 'plug-in': [5, 5], half: [2, 2] }, 'relu'),
      ...drawsOf(50_000, { 'plug-in': [0.5, 0.5], half: [0.1, -0.1] }, 'relu'),
    ];
    const all = [...small, ...large, ...other];
    const measured = bakeOffPerformance(all);
    const claimed = claims(measured, 'half', 5000, 50_000);
    expect(claimed.map(({ mechanism, holds }) => [mechanism, holds])).toEqual([
      ['spiked', true],
      ['relu', false],
    ]);
    expect(claimLine(claimed)).toContain('on 1 of 2 surrogates (largest ratio of RMSEs 4.0)');
  });
});

describe('the chart of the bake-off', () => {
  const standing = standings(rows, draws).map((each) => ({
    ...each,
    method: each.method === 'half' ? 'jackknife' : each.method,
  }));
  const more = [...standing, ...standing.map((each) => ({ ...each, size: 50_000 }))];

  it('is a valid spec that compiles without a warning', () => {
    const spec = ratioAgainstN(more);
    expect(schemaErrors(spec)).toEqual([]);
    expect(compileWarnings(spec)).toEqual([]);
    expect(Object.keys(spec.datasets ?? {})).toEqual(['jackknife']);
  });

  it('leaves out ratios that would flatten all others, and says so', () => {
    const broken = more.map((each) => ({ ...each, median_ratio: 1000, method: 'rtd' }));
    const spec = ratioAgainstN([...more, ...broken]);
    expect(JSON.stringify(spec.title)).toContain('above 10 are left out');
    expect(Object.keys(spec.datasets ?? {})).toEqual(['jackknife']);
  });
});
