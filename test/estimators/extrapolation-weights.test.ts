import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extrapolationWeights } from '../../src/estimators/extrapolation-weights.ts';
import { nodes, type Schedule } from '../../src/estimators/nodes.ts';
import { leastSquares } from '../../src/sweep/fit.ts';

const schedules: Schedule[] = ['uniform-n', 'uniform-inverse', 'chebyshev'];
const cases = fc.record({
  schedule: fc.constantFrom(...schedules),
  order: fc.integer({ min: 1, max: 4 }),
  count: fc.integer({ min: 5, max: 20 }),
  smallest: fc.integer({ min: 1000, max: 5000 }),
  ratio: fc.double({ min: 2, max: 20, noNaN: true }),
  aware: fc.boolean(),
});

describe('weights of an extrapolation', () => {
  it('sum to one and have no moment of 1/n up to the order', () => {
    fc.assert(
      fc.property(cases, ({ schedule, order, count, smallest, ratio, aware }) => {
        const sizes = nodes(schedule, smallest, Math.ceil(smallest * ratio), count);
        const w = extrapolationWeights(sizes, order, (n, largest) => (aware ? n / largest : 1));
        const scale = w.reduce((total, value) => total + Math.abs(value), 0);
        for (let k = 0; k <= order; k++) {
          const moment = w.reduce((sum, value, i) => sum + value * (smallest / sizes[i]!) ** k, 0);
          expect(Math.abs(moment - (k === 0 ? 1 : 0))).toBeLessThan(64 * Number.EPSILON * scale);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('cannot be changed within the moment conditions without a larger variance', () => {
    const sizes = nodes('uniform-n', 5000, 50_000, 15);
    const precision = (n: number, largest: number) => n / largest;
    const w = extrapolationWeights(sizes, 2, precision);
    const cost = (v: Float64Array) =>
      v.reduce((sum, value, i) => sum + value ** 2 / precision(sizes[i]!, 50_000), 0);
    // The difference of two solutions of other weights lies in the null space of the conditions.
    const other = extrapolationWeights(sizes, 2, () => 1);
    expect(cost(w)).toBeLessThan(cost(other));
    for (const t of [-0.1, 0.1]) {
      const mixed = w.map((value, i) => value + t * (other[i]! - value));
      expect(cost(mixed)).toBeGreaterThan(cost(w));
    }
  });

  it('of order 1 without precision are those of a least squares line', () => {
    const sizes = nodes('uniform-n', 5000, 50_000, 15);
    const y = sizes.map((n) => 5 + 25_000 / n + Math.sin(n));
    const w = extrapolationWeights(sizes, 1, () => 1);
    const line = leastSquares(sizes.map((n, i) => ({ x: 1 / n, y: y[i]! })));
    const found = y.reduce((sum, value, i) => sum + value * w[i]!, 0);
    expect(found).toBeCloseTo(line.intercept, 11);
  });
});

describe('sizes of an extrapolation', () => {
  it('are those of Chong & Forsyth, truncated', () => {
    expect(nodes('uniform-n', 5000, 50_000, 15).slice(0, 4)).toEqual([5000, 8214, 11428, 14642]);
  });

  it('are Chebyshev–Lobatto nodes of 1/n', () => {
    const sizes = nodes('chebyshev', 1000, 2000, 5);
    const place = sizes.map((n) => 2000 / n - 1);
    expect(place.map((x) => 2 * x - 1)).toEqual(
      [4, 3, 2, 1, 0].map((k) => expect.closeTo(-Math.cos((Math.PI * k) / 4), 2)),
    );
  });

  it('start and end where asked', () => {
    fc.assert(
      fc.property(cases, ({ schedule, count, smallest, ratio }) => {
        const largest = Math.ceil(smallest * ratio);
        const sizes = nodes(schedule, smallest, largest, count);
        expect([sizes[0], sizes.at(-1), sizes.length]).toEqual([smallest, largest, count]);
      }),
    );
  });

  it('are refused where they are not all different', () => {
    expect(() => nodes('uniform-n', 10, 20, 15)).toThrow('not distinct');
  });
});
