import { describe, expect, it } from 'vitest';
import { localSlopes } from '../../../src/studies/real-images/law.ts';
import { ranked, reversals } from '../../../src/studies/real-images/order.ts';
import type { EstimateRow } from '../../../src/tables/rows.ts';

/** A draw whose FID is given by a function of its size and seed. */
function rows(
  experiment: string,
  sizes: readonly number[],
  seeds: number,
  fid: (size: number, seed: number) => number,
  pool = 1000,
): EstimateRow[] {
  return sizes.flatMap((size) =>
    Array.from({ length: size === pool ? 1 : seeds }, (_, i) => ({
      experiment,
      source: 's',
      size,
      seed: i + 1,
      pool,
      replacement: false,
      method: 'plug-in',
      estimate: fid(size, i + 1),
      mean_term: 0,
      trace_reference: 0,
      trace_generated: 0,
      trace_sqrt: 0,
      seconds: null,
      status: 'ok' as const,
      error: null,
    })),
  );
}

describe('localSlopes', () => {
  it('are C if the law is C/N, whatever the reference adds', () => {
    const found = localSlopes(rows('e', [100, 200, 500], 3, (n, seed) => 2 + seed + 30 / n));
    expect(found).toHaveLength(2);
    for (const { slope, mcse, seeds } of found) {
      expect(slope).toBeCloseTo(30, 9);
      expect(mcse).toBeCloseTo(0, 9);
      expect(seeds).toBe(3);
    }
    expect(found[0]!.bend).toBeCloseTo(0, 9);
    expect(found[1]).toMatchObject({ bend: null, bend_mcse: null });
  });

  it('say by how much the law bends below the larger sizes', () => {
    // Between 100 and 200: 30 + seed/100 less 300 (1/100 + 1/200).
    const [first] = localSlopes(
      rows(
        'e',
        [100, 200, 400],
        3,
        (n, seed) => (n === 100 ? seed / 2e4 : 0) + 30 / n - 300 / n ** 2,
      ),
    );
    // Above it 30 less 300 (1/200 + 1/400); seeds add 1, 2 and 3 hundredths.
    expect(first!.bend).toBeCloseTo(0.02 - 300 * (1 / 100 - 1 / 400), 9);
    expect(first!.bend_mcse).toBeCloseTo(0.01 / Math.sqrt(3), 9);
  });

  it('take the one draw of the whole pool for every seed', () => {
    const [last] = localSlopes(
      rows('e', [500, 1000], 2, (n, seed) => 30 / n + (n < 1000 ? seed : 1.5)),
    );
    expect(last).toMatchObject({ from: 500, to: 1000, seeds: 2 });
    expect(last!.slope).toBeCloseTo(30, 9);
    // Slopes of 30 ∓ 0.5/(1/500 − 1/1000): their SD over √2 is 500.
    expect(last!.mcse).toBeCloseTo(500, 9);
  });

  it('have no error from one seed, and are empty from one size', () => {
    expect(localSlopes(rows('e', [100, 200], 1, (n) => 1 / n))[0]!.mcse).toBeNull();
    expect(localSlopes(rows('e', [100], 2, (n) => 1 / n))).toEqual([]);
  });
});

describe('reversals', () => {
  const sizes = [100, 1000];
  const sets = () =>
    ranked(
      new Map([
        ['worse', rows('worse', sizes, 4, (n) => 0.3 + 20 / n)],
        ['better', rows('better', sizes, 4, (n, seed) => 0.2 + (20 + seed / 100) / n)],
      ]),
    );

  it('rank by the FID at the same, largest size', () => {
    expect([...sets().keys()]).toEqual(['better', 'worse']);
  });

  it('occur if the better set has fewer images, and only then', () => {
    const found = reversals(sets(), 'FID');
    expect(found).toHaveLength(4);
    const of = (better: number, worse: number) =>
      found.find((row) => row.better_size === better && row.worse_size === worse)!;
    expect(of(100, 100).reversed).toBe(0);
    expect(of(1000, 1000)).toMatchObject({ reversed: 0, seeds: 1, mcse: null });
    expect(of(1000, 100).reversed).toBe(0);
    expect(of(100, 1000)).toMatchObject({ reversed: 1, seeds: 4 });
    // 0.2 + 0.2 + mean of seed/10⁴ − (0.3 + 0.02)
    expect(of(100, 1000).difference).toBeCloseTo(0.08 + 2.5e-4, 12);
  });
});
