import { describe, expect, it } from 'vitest';
import { biasAndSe } from '../../src/charts/bias-and-se.ts';
import { sweepCharts } from '../../src/charts/draw.ts';
import { fidAgainstInverseN } from '../../src/charts/fid-against-inverse-n.ts';
import { fidAgainstN } from '../../src/charts/fid-against-n.ts';
import type { ChartSpec } from '../../src/charts/spec.ts';
import { SHAPES, sweepOf } from './fixtures.ts';
import { compileWarnings, schemaErrors } from './vega-lite.ts';

const charts = Object.entries(SHAPES).flatMap(([shape, data]) =>
  sweepCharts(data).map(({ name, spec }) => ({ shape, name, spec })),
);

describe.each(charts)('$name of $shape', ({ spec }) => {
  it("is valid against Vega-Lite's JSON schema, whose version it names", () => {
    expect(schemaErrors(spec)).toEqual([]);
    expect(spec.$schema).toBe('https://vega.github.io/schema/vega-lite/v6.json');
  });

  it('compiles without a warning', () => {
    expect(compileWarnings(spec)).toEqual([]);
  });

  it('carries its data, finite and as JSON', () => {
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(JSON.stringify(spec)).not.toMatch(/"url"\s*:\s*"[^"]*\.(csv|json)"/);
  });
});

it('the charts are pure functions of the rows, in any order', () => {
  const data = SHAPES.many;
  const shuffled = {
    ...data,
    estimates: [...data.estimates].reverse(),
    performance: [...data.performance].reverse(),
  };
  expect(sweepCharts(shuffled)).toEqual(sweepCharts(data));
});

describe('FID against N', () => {
  const spec = fidAgainstN(SHAPES.pair);

  it('has a dot per draw, at most the strip to the left of its size, in seed order', () => {
    const draws = rowsOf(spec, 'draws');
    expect(draws).toHaveLength(20);
    for (const size of [5000, 50_000]) {
      const xs = draws.filter((draw) => draw.size === size).map((draw) => draw.x as number);
      expect(xs).toEqual([...xs].sort((a, b) => a - b));
      expect(Math.max(...xs)).toBeLessThan(size);
      expect(Math.min(...xs)).toBeGreaterThan(size * 0.8);
    }
  });

  it('has the mean with one Monte-Carlo SE to each side', () => {
    const [mean] = SHAPES.pair.performance;
    const { value, mcse, n_draws } = mean as { value: number; mcse: number; n_draws: number };
    expect(rowsOf(spec, 'means')[0]).toEqual({
      size: 5000,
      value,
      lower: value - mcse,
      upper: value + mcse,
      mcse,
      draws: n_draws,
    });
  });

  it('puts N on a log axis with a tick at each size', () => {
    expect(JSON.stringify(spec)).toContain('"values":[5000,50000]');
    expect(JSON.stringify(spec.layer.at(1))).not.toContain('"zero":true');
    expect(JSON.stringify(spec)).toContain('{"type":"log"');
  });

  it('draws the estimand as a rule with its value, and its SE where it has one', () => {
    expect(JSON.stringify(spec)).toContain('"datum":4.602');
    expect(JSON.stringify(spec)).toContain('population FID 4.602');
    const estimand = { value: 4.6012, se: 0.021, kind: 'intercept', description: '' } as const;
    expect(JSON.stringify(fidAgainstN({ ...SHAPES.pair, estimand }))).toContain(
      '1/N intercept 4.60 ± 0.02',
    );
  });

  it('shows published values only if there are some, once each', () => {
    expect(rowsOf(spec, 'published')).toHaveLength(2);
    expect(JSON.stringify(spec)).toContain('published: OT-CFM');
    const twice = {
      ...SHAPES.pair,
      published: [...SHAPES.pair.published, ...SHAPES.pair.published],
    };
    expect(fidAgainstN(twice)).toEqual(spec);
    expect(JSON.stringify(fidAgainstN(SHAPES.flat))).not.toContain('diamond');
  });

  it('skips failed draws', () => {
    const [first, ...rest] = SHAPES.pair.estimates;
    const failed = {
      ...first!,
      estimate: null,
      status: 'failed' as const,
      error: 'no eigenvalues',
    };
    expect(
      rowsOf(fidAgainstN({ ...SHAPES.pair, estimates: [failed, ...rest] }), 'draws'),
    ).toHaveLength(19);
  });
});

describe('FID against 1/N', () => {
  it('draws the fit as given: solid where it was fitted, dashed to 1/N = 0 and beyond', () => {
    const lines = fidAgainstInverseN(SHAPES.many).layer.flatMap((layer) => {
      const { mark, data } = layer as { mark: Mark; data: { values?: Point[] } };
      if (typeof mark !== 'object' || mark.type !== 'line') return [];
      return [
        { dashed: mark.strokeDash !== undefined, ends: data.values?.map(({ inverse }) => inverse) },
      ];
    });
    expect(lines).toEqual([
      { dashed: true, ends: [0, 1 / 50_000] },
      { dashed: false, ends: [1 / 50_000, 1 / 5000] },
      { dashed: true, ends: [1 / 5000, 1 / 1000] },
    ]);
  });

  it('writes intercept and slope no finer than their errors', () => {
    const text = JSON.stringify(fidAgainstInverseN(SHAPES.pair));
    expect(text).toContain('intercept 4.606 ± 0.004');
    expect(text).toContain('slope 25,900 ± 40');
  });

  it('labels 1/N by N', () => {
    const text = JSON.stringify(fidAgainstInverseN(SHAPES.pair));
    expect(text).toContain("'1/' + format(1 / datum.value, ',.0f')");
  });

  it('says why there is no line with one size', () => {
    const text = JSON.stringify(fidAgainstInverseN(SHAPES.oneSize));
    expect(text).toContain('a fit needs two sizes');
    expect(text).not.toContain('"type":"line"');
  });
});

describe('bias and empirical SE', () => {
  it('has both on one log axis', () => {
    const spec = biasAndSe(SHAPES.pair);
    expect(rowsOf(spec, 'bias')).toHaveLength(2);
    expect(rowsOf(spec, 'se')).toHaveLength(2);
  });

  it('leaves out what is not positive, and says where', () => {
    const data = sweepOf({ sizes: [5000, 10_000], seeds: 4, slope: -26_000 });
    const spec = biasAndSe(data);
    expect(rowsOf(spec, 'bias')).toEqual([]);
    expect(JSON.stringify(spec.title)).toContain('bias ≤ 0 at N = 5,000; 10,000');
  });

  it('keeps bars that reach below zero on the axis', () => {
    const lowers = rowsOf(biasAndSe(SHAPES.flat), 'bias').map(({ lower }) => lower as number);
    expect(lowers).toHaveLength(3);
    for (const lower of lowers) expect(lower).toBeGreaterThan(0);
  });

  it('says that one draw per size has no spread', () => {
    const spec = biasAndSe(SHAPES.oneSeed);
    expect(rowsOf(spec, 'se')).toEqual([]);
    expect(JSON.stringify(spec.title)).toContain('it needs two draws per size');
  });

  it('shows the pool-corrected SE where there is one', () => {
    const corrected = SHAPES.pair.performance.flatMap((row) =>
      row.measure === 'empirical_se' && row.size === 5000
        ? [row, { ...row, measure: 'empirical_se_corrected' as const, value: 0.5 }]
        : [row],
    );
    const spec = biasAndSe({ ...SHAPES.pair, performance: corrected });
    expect(rowsOf(spec, 'se').map(({ value }) => value)).toEqual([0.5]);
    expect(JSON.stringify(spec)).toContain('empirical SE, pool-corrected');
  });
});

interface Mark {
  readonly type: string;
  readonly strokeDash?: readonly number[];
}

interface Point {
  readonly inverse: number;
}

function rowsOf(spec: ChartSpec, dataset: string): readonly Record<string, unknown>[] {
  return (spec.datasets?.[dataset] ?? []) as readonly Record<string, unknown>[];
}
