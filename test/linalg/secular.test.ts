import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secularRoot } from '../../src/linalg/secular.ts';

const EPS = Number.EPSILON;

function rootsOf(d: Float64Array, w: Float64Array) {
  const gaps = Array.from(d, () => new Float64Array(d.length));
  return { roots: gaps.map((row, j) => secularRoot(d, w, j, row)), gaps };
}

describe('secularRoot', () => {
  it('is d + w of a single pole', () => {
    const { roots, gaps } = rootsOf(Float64Array.of(3), Float64Array.of(0.25));
    expect(roots).toEqual([3.25]);
    expect(gaps[0]![0]).toBe(-0.25);
  });

  it('finds both roots of a quadratic', () => {
    // (λ − 0)(λ − 1) = w₀ (λ − 1) + w₁ λ
    const [p, q] = [0.3, 0.7];
    const { roots } = rootsOf(Float64Array.of(0, 1), Float64Array.of(p, q));
    const root = Math.sqrt((1 + p + q) ** 2 / 4 - p);
    expect(roots[0]).toBeCloseTo((1 + p + q) / 2 - root, 15);
    expect(roots[1]).toBeCloseTo((1 + p + q) / 2 + root, 15);
  });

  it('lies between its poles, keeps the trace, and gives z back by Löwner’s formula', () => {
    const exponent = fc.double({ min: -14, max: 0, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(exponent, exponent), { minLength: 2, maxLength: 30 }),
        (list) => {
          let at = 0;
          const d = Float64Array.from(list, ([gap]) => {
            at += 10 ** gap;
            return at;
          });
          const w = Float64Array.from(list, ([, size]) => 10 ** size);
          const { roots, gaps } = rootsOf(d, w);
          const n = d.length;
          for (let j = 0; j < n; j++) {
            expect(gaps[j]![j]).toBeLessThan(0);
            if (j < n - 1) expect(gaps[j]![j + 1]).toBeGreaterThan(0);
          }
          const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
          const size = sum(d.map(Math.abs)) + sum(w);
          expect(Math.abs(sum(roots) - sum(d) - sum(w))).toBeLessThan(100 * n * EPS * size);
          for (let i = 0; i < n; i++) {
            let square = -gaps[i]![i]!;
            for (let j = 0; j < n; j++) if (j !== i) square *= gaps[j]![i]! / (d[i]! - d[j]!);
            expect(square).toBeGreaterThan(0);
            expect(Math.abs(square - w[i]!)).toBeLessThan(1000 * n * EPS * size);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
