import { describe, expect, it } from 'vitest';
import { intervalRows } from '../../src/charts/interval-rows.ts';
import { compileWarnings, schemaErrors } from './vega-lite.ts';

const rows = [
  { label: 'first', value: 5, lower: 4, upper: 6 },
  { label: 'second', value: 5.5, lower: 5, upper: 9, aside: true },
];
const chart = (of = rows) =>
  intervalRows({
    title: 'title',
    subtitle: ['subtitle'],
    description: 'rows',
    axisTitle: 'FID',
    rows: of,
    rule: { value: 12, text: 'reported' },
  });

describe('intervalRows', () => {
  it('is valid Vega-Lite that compiles without a warning', () => {
    for (const spec of [chart(), chart(rows.slice(0, 1))]) {
      expect(schemaErrors(spec)).toEqual([]);
      expect(compileWarnings(spec)).toEqual([]);
    }
  });

  it('shows every interval and the rule, and grows with its rows', () => {
    const [low, high] = JSON.stringify(chart())
      .match(/"domain":\[([^\]]+)\]/)![1]!
      .split(',')
      .map(Number) as [number, number];
    expect(low).toBeLessThan(4);
    expect(high).toBeGreaterThan(12);
    expect(chart().height).toBe(2 * Number(chart(rows.slice(1)).height));
    expect(chart([...rows, ...rows]).height).toBe(chart().height);
  });
});
