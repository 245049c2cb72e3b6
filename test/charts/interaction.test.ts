import * as vega from 'vega';
import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { sweepCharts } from '../../src/charts/draw.ts';
import { fidCurves } from '../../src/charts/fid-curves.ts';
import { printed, seriesOf } from '../../src/charts/interaction.ts';
import { linesAgainstN } from '../../src/charts/lines-against-n.ts';
import { planChart } from '../../src/charts/plan.ts';
import { ratioAgainstN } from '../../src/charts/ratio-against-n.ts';
import type { ChartSpec } from '../../src/charts/spec.ts';
import { SHAPES } from './fixtures.ts';
import { compileWarnings, schemaErrors } from './vega-lite.ts';

/** A name that would end a string, if it were pasted into an expression. */
const HOSTILE = `a"); alert('\\`;

const curve = (name: string) => ({
  name,
  points: [1000, 5000].map((size) => {
    return { size, fid: 1 / 3, lower: 0.2, upper: 0.5, isPredicted: false };
  }),
  infinity: { value: 0.25, lower: 0.2, upper: 0.3 },
});
const words = { title: 't', subtitle: ['s'], description: 'd' };
const line = (name: string) => {
  return { name, points: [1000, 5000].map((size) => ({ size, value: 3, lower: 2, upper: 4 })) };
};

const specs: Record<string, ChartSpec> = {
  ...Object.fromEntries(
    sweepCharts(SHAPES.pair).map(({ name, spec }) => [name, spec as ChartSpec]),
  ),
  'fid-curves': fidCurves({ ...words, curves: [curve('A'), curve(HOSTILE)] }),
  'one curve': fidCurves({ ...words, curves: [curve('A')] }),
  lines: linesAgainstN({
    title: 't',
    subtitle: 's',
    description: 'd',
    valueTitle: 'FID',
    isLog: true,
    lines: [line('A'), line(HOSTILE)],
    curves: [{ name: 'law', at: () => 2.5 }],
  }),
  plan: planChart(
    'p',
    [1000, 50_000].map((size) => {
      const bias = 26_000 / size;
      return { size, bias, bias_lower: bias, bias_upper: bias, detectable_difference: 1e3 / size };
    }),
    [{ of: 'bias', value: 1, size: 26_000 }],
  ),
  ratios: ratioAgainstN(
    ['jackknife', 'rtd'].map((method) => ({ size: 5000, method, median_ratio: 0.5 })),
  ),
};

describe.each(Object.entries(specs))('the chart %s', (_name, spec) => {
  it('is valid and compiles without a warning, and so does its printed form', () => {
    for (const each of [spec, printed(spec)]) {
      expect(schemaErrors(each)).toEqual([]);
      expect(compileWarnings(each)).toEqual([]);
    }
  });

  it('has a tooltip on every mark that shows data', () => {
    for (const { data, mark, encoding } of spec.layer as Layer[]) {
      const isData = data.name !== undefined || mark.type === 'rule' || mark.type === 'line';
      const isKey = encoding.x !== undefined && 'value' in encoding.x;
      if (isData && !isKey && mark.type !== 'text') expect(encoding.tooltip).toBeTruthy();
    }
  });

  it('can be zoomed', () => {
    const names = (spec.layer as Layer[]).flatMap(({ params = [] }) => params.map((p) => p.name));
    expect(names).toContain('zoom');
  });

  it('prints nothing that only a pointer can reach', () => {
    const plain = JSON.stringify(printed(spec));
    expect(plain).not.toMatch(/tooltip|params|"clip"|shown/);
    expect(printed(printed(spec))).toEqual(printed(spec));
  });

  it('runs in Vega, where the tooltips have all digits', async () => {
    const view = new vega.View(vega.parse(compile(structuredClone(spec)).spec));
    await view.runAsync();
    const found = tooltipsOf(rootOf(view));
    expect(found.length).toBeGreaterThan(2);
    for (const text of found) expect(JSON.stringify(text)).not.toContain('undefined');
    if ('draws' in (spec.datasets ?? {})) {
      const shown = found.flatMap((each) => (each.seed === undefined ? [] : [each.FID]));
      expect(shown).toEqual(SHAPES.pair.estimates.map(({ estimate }) => estimate));
    }
    view.finalize();
  });
});

it('a click on the key dims the other series', async () => {
  const view = new vega.View(vega.parse(compile(structuredClone(specs['fid-curves']!)).spec));
  await view.runAsync();
  const before = opacitiesOf(rootOf(view));
  view.data('shown_store', [
    { unit: '', fields: [{ type: 'E', field: 'series' }], values: [HOSTILE] },
  ]);
  await view.runAsync();
  const after = opacitiesOf(rootOf(view));
  expect(before.filter((value) => value === 1).length).toBeGreaterThan(10);
  expect(after.filter((value) => value === 1).length).toBeLessThan(
    before.filter((value) => value === 1).length,
  );
  expect(after).toContain(0.12);
  view.finalize();
});

it('the series of a chart are the layers of its printed form', () => {
  expect(Object.keys(seriesOf(specs['fid-curves']!))).toEqual(['A', HOSTILE]);
  expect(seriesOf(specs['one curve']!)).toEqual({});
  const { layer } = printed(specs['fid-curves']!);
  for (const indices of Object.values(seriesOf(specs['fid-curves']!))) {
    expect(indices.length).toBe(7);
    for (const i of indices) expect(layer[i]).toBeDefined();
  }
});

interface Layer {
  readonly data: { readonly name?: string };
  readonly mark: { readonly type: string };
  readonly encoding: { readonly x?: object; readonly tooltip?: unknown };
  readonly params?: readonly { readonly name: string }[];
}

interface Item {
  readonly items?: readonly Item[];
  readonly tooltip?: Readonly<Record<string, unknown>>;
  readonly opacity?: number;
}

/** Vega's types leave out the root of a scene. */
function rootOf(view: vega.View): unknown {
  return (view.scenegraph() as unknown as { readonly root: unknown }).root;
}

function tooltipsOf(item: unknown): Readonly<Record<string, unknown>>[] {
  const { items = [], tooltip } = item as Item;
  return [...(tooltip ? [tooltip] : []), ...items.flatMap(tooltipsOf)];
}

function opacitiesOf(item: unknown): number[] {
  const { items = [], opacity } = item as Item;
  return [...(opacity === undefined ? [] : [opacity]), ...items.flatMap(opacitiesOf)];
}
