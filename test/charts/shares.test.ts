import { describe, expect, it } from 'vitest';
import { shares } from '../../src/charts/shares.ts';
import { compileWarnings, schemaErrors } from './vega-lite.ts';

const rows = [
  { label: 'nearly all', value: 0.99, text: '99.0 %' },
  { label: 'nearly nothing', value: 2e-13, text: '2e-11 %' },
];
const chart = (of = rows) =>
  shares({ title: 'title', subtitle: [], description: 'rows', axis: 'share', rows: of });

function domain(of = rows): [number, number] {
  const found = JSON.stringify(chart(of)).match(/"domain":\[([^\]]+)\]/)![1]!;
  return found.split(',').map(Number) as [number, number];
}

describe('shares', () => {
  it('is valid Vega-Lite that compiles without a warning', () => {
    for (const spec of [chart(), chart(rows.slice(0, 1))]) {
      expect(schemaErrors(spec)).toEqual([]);
      expect(compileWarnings(spec)).toEqual([]);
    }
  });

  it('begins at 0 and leaves room for the text right of a full bar', () => {
    expect(domain()[0]).toBe(0);
    expect(domain()[1]).toBeGreaterThan(1);
  });

  it('shows a share below 0 and one above 1', () => {
    const [low, high] = domain([...rows, { label: 'worse', value: -0.2, text: '-20.0 %' }]);
    expect(low).toBe(-0.2);
    expect(high).toBeGreaterThan(1);
    expect(domain([{ label: 'more', value: 1.3, text: '130.0 %' }])[1]).toBeGreaterThan(1.3);
  });

  it('takes signed numbers too, and sets the text of a negative one right of 0', () => {
    const biases = [
      { label: 'at different N', value: -4.8, text: '−4.8' },
      { label: 'at one N', value: 0.5, text: '0.5' },
    ];
    const spec = shares({
      title: 'title',
      subtitle: [],
      description: 'rows',
      axis: 'bias',
      of: 'numbers',
      rows: biases,
    });
    expect([schemaErrors(spec), compileWarnings(spec)]).toEqual([[], []]);
    const drawn = (spec.datasets as { rows: { right: number }[] }).rows;
    expect(drawn.map(({ right }) => right)).toEqual([0, 0.5]);
    const [low, high] = JSON.stringify(spec)
      .match(/"domain":\[([^\]]+)\]/)![1]!
      .split(',');
    expect(Number(low)).toBe(-4.8);
    expect(Number(high)).toBeGreaterThan(0.5);
    expect(Number(high)).toBeLessThan(20);
  });

  it('grows with its rows', () => {
    expect(chart().height).toBe(2 * Number(chart(rows.slice(1)).height));
  });
});
