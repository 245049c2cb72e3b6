import { describe, expect, it } from 'vitest';
import { publishedPairs } from '../../../src/answers/correct/pairs.ts';
import { cfmChart, cfmTable, inWords } from '../../../src/studies/cfm-gap/report.ts';
import { modelSpread, publishedRoutes, withErrors } from '../../../src/studies/cfm-gap/routes.ts';
import { studentTQuantile } from '../../../src/theory/student-t.ts';
import { compileWarnings, schemaErrors } from '../../charts/vega-lite.ts';

const report = {
  dataset: 'cifar10',
  from: { generated: 50_000, reference: 50_000 },
  fidFrom: 5.12,
  to: { generated: 5000, reference: 50_000 },
  fidTo: 9.75,
};
const published = publishedRoutes(report, publishedPairs());
const surrogate = withErrors(
  { route: 'surrogate', label: 'surrogate', fid: 9.9, basis: '' },
  [0.3, 0.4],
);

describe('publishedRoutes', () => {
  it('predicts 9.75 from 5.12 and the constants of others, all of them or without any one', () => {
    const [all] = published;
    expect(Math.abs(all!.fid - 9.75)).toBeLessThan(0.15);
    const stable = published.filter(({ label }) => label.startsWith('all'));
    expect(stable).toHaveLength(7);
    for (const { fid, lower, upper } of stable) {
      expect(Math.abs(fid - 9.75)).toBeLessThan(0.2);
      expect(lower).toBeLessThan(9.75);
      expect(upper).toBeGreaterThan(9.75);
    }
  });

  it('shows each source alone, less sure than all together unless it is most of them', () => {
    const alone = published.filter(({ label }) => label.endsWith('alone'));
    expect(alone.map(({ label }) => label.replace(' alone', ''))).toEqual([
      'DDPM',
      'real images',
      'SNGAN',
      'cGAN-PD',
      'SSGAN',
      'InfoMax-GAN',
    ]);
    for (const { basis } of alone) expect(basis).toMatch(/^https:/);
  });

  it('includes the spread between models in every interval, also of one source alone', () => {
    const { spread, degrees } = modelSpread(publishedPairs());
    expect(spread).toBe(0.03);
    const alone = published.filter(({ label }) => label.endsWith('alone'));
    for (const { fid, lower, upper } of alone) {
      // Of the source's own model and of the one that is predicted, each by the spread.
      const least = studentTQuantile(0.975, degrees) * Math.SQRT2 * spread * (fid - report.fidFrom);
      expect((upper - lower) / 2).toBeGreaterThan(least);
    }
  });

  it('never sees the pair that it predicts', () => {
    const changed = publishedPairs().map((pair) =>
      pair.use === 'test' ? { ...pair, fid_a: { value: 99, decimals: 2 } } : pair,
    );
    expect(publishedRoutes(report, changed)).toEqual(published);
  });
});

describe('the report of cfm-gap', () => {
  const predictions = [surrogate, ...published];

  it('adds independent errors, by Student’s t where the largest is an estimate', () => {
    expect(surrogate.upper - surrogate.fid).toBeCloseTo(1.959964 * 0.5, 5);
    const few = withErrors(surrogate, [0.3, 0.4], 9);
    expect(few.upper - few.fid).toBeCloseTo(2.262157 * 0.5, 5);
    expect(few.fid - few.lower).toBeCloseTo(few.upper - few.fid, 12);
  });

  it('is one table and one chart of predicted against reported', () => {
    expect(cfmTable(predictions, report).split('\n')).toHaveLength(2 + predictions.length);
    expect(inWords(predictions, report)[0]).toContain(`of ${predictions.length} predictions`);
    const spec = cfmChart(predictions, report);
    expect(schemaErrors(spec)).toEqual([]);
    expect(compileWarnings(spec)).toEqual([]);
  });

  it('draws all predictions without one source as one row, and own samples against their own value', () => {
    const labels = (spec: ReturnType<typeof cfmChart>) =>
      (spec.datasets!.rows as { label: string; value: number }[]).map(({ label }) => label);
    const one = labels(cfmChart(predictions, report));
    expect(one.filter((label) => label === '(b) any 5 of the 6 sources')).toHaveLength(6);
    expect(new Set(one).size).toBe(predictions.length - 5);
    const own = { ...surrogate, route: 'own samples', label: 'your own samples', fid: 31 } as const;
    const spec = cfmChart([...predictions, own], report, 30);
    const rows = spec.datasets!.rows as { label: string; value: number }[];
    expect(rows.at(-1)).toMatchObject({ label: '(c) your own samples', value: 1 });
    expect(rows[0]!.value).toBeCloseTo(surrogate.fid - 9.75, 12);
    expect(compileWarnings(spec)).toEqual([]);
    expect(
      cfmTable([...predictions, own], report, 30)
        .split('\n')
        .at(-1),
    ).toContain('30.0');
  });

  it('says how many intervals hold the reported value', () => {
    const far = { ...surrogate, fid: 20, lower: 19, upper: 21 };
    const count = (of: typeof predictions) => inWords(of, report)[0]!.match(/of (\d+) of (\d+)/)!;
    const [, all] = count(predictions);
    const [, fewer, total] = count([...predictions, far]);
    expect(fewer).toBe(all);
    expect(Number(total)).toBe(predictions.length + 1);
  });
});
