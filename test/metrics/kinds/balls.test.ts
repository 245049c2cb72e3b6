import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/metrics/sample.ts';
import { metricOf, normals, rowsOf, sampleFrom } from './samples.ts';

function square(a: number[], b: number[]): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j]! - b[j]!) ** 2;
  return sum;
}

/** The squared distance to the k-th neighbour within a set. */
function radius(rows: number[][], row: number, k: number): number {
  const least = Array<number>(k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < rows.length; i++) {
    const distance = square(rows[row]!, rows[i]!);
    if (i === row || distance >= least[k - 1]!) continue;
    least[k - 1] = distance;
    least.sort((a, b) => a - b);
  }
  return least[k - 1]!;
}

const share = (flags: boolean[]) => flags.filter(Boolean).length / flags.length;

/** All metrics of balls, by their definitions. */
function byDefinition(draw: Sample, reference: Sample): Record<string, number> {
  const [x, y] = [rowsOf(reference), rowsOf(draw)];
  const [closed, open] = [3, 5].map((k) => x.map((_, i) => radius(x, i, k)));
  const generated = y.map((_, j) => radius(y, j, 3));
  const holding = y.map((row) => x.filter((at, i) => square(at, row) < open![i]!).length);
  const authentic = y.map((row) => {
    const distances = x.map((at) => square(at, row));
    const least = distances.reduce((a, b) => Math.min(a, b));
    return least > radius(x, distances.indexOf(least), 1);
  });
  return {
    precision: share(y.map((row) => x.some((at, i) => square(at, row) <= closed![i]!))),
    recall: share(x.map((at) => y.some((row, j) => square(at, row) <= generated[j]!))),
    density: holding.reduce((sum, count) => sum + count, 0) / (5 * y.length),
    coverage: share(x.map((at, i) => y.some((row) => square(at, row) < open![i]!))),
    authpct: 100 * share(authentic),
  };
}

async function found(draw: Sample, reference: Sample): Promise<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const name of ['precision', 'recall', 'density', 'coverage', 'authpct']) {
    values[name] = await metricOf(name, draw, reference);
  }
  return values;
}

describe('precision, recall, density, coverage and AuthPct', () => {
  it('are their definitions, whatever the sets', async () => {
    const size = fc.integer({ min: 6, max: 40 });
    const shift = fc.double({ min: 0, max: 3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(size, size, fc.nat(), shift, async (m, n, seed, away) => {
        const reference = normals(m, 3, `x${seed}`);
        const draw = normals(n, 3, `y${seed}`, away);
        const expected = byDefinition(draw, reference);
        for (const [name, value] of Object.entries(await found(draw, reference))) {
          expect(value).toBeCloseTo(expected[name]!, 12);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('decide ties exactly: rows on a grid, many at one distance and many twice', async () => {
    const grid = (rows: number, seed: number) => {
      const data = Float64Array.from({ length: 2 * rows }, (_, k) => (k * (seed + 3)) % 5);
      return sampleFrom({ data, rows, columns: 2 });
    };
    const [reference, draw] = [grid(40, 1), grid(37, 4)];
    expect(await found(draw, reference)).toEqual(byDefinition(draw, reference));
  });

  it('decide near ties exactly: rows far from 0, where float32 products lose their distances', async () => {
    const far = (rows: number, seed: string) => {
      const sample = rowsOf(normals(rows, 4, seed)).map((row) => row.map((v) => 4096 + v));
      return sampleFrom({ data: Float64Array.from(sample.flat()), rows, columns: 4 });
    };
    const [reference, draw] = [far(30, 'a'), far(25, 'b')];
    expect(await found(draw, reference)).toEqual(byDefinition(draw, reference));
  });

  it('do not depend on the blocks of rows that are multiplied', async () => {
    // Two blocks on either side.
    const [reference, draw] = [normals(2060, 2, 'x'), normals(2055, 2, 'y', 0.3)];
    const expected = byDefinition(draw, reference);
    for (const [name, value] of Object.entries(await found(draw, reference))) {
      expect(value).toBeCloseTo(expected[name]!, 12);
    }
  });

  it('of a set with itself are 1, but for density and AuthPct', async () => {
    const [a, b] = [normals(50, 4, 'a'), normals(50, 4, 'a')];
    const values = await found(a, b);
    expect(values).toMatchObject({ precision: 1, recall: 1, coverage: 1, authpct: 0 });
    expect(values.density).toBeGreaterThan(0.99);
  });

  it('refuse k larger than the set, with the reason', async () => {
    const [few, many] = [normals(3, 4, 'a'), normals(20, 4, 'b')];
    await expect(metricOf('recall', few, many)).rejects.toThrow('3 generated images');
    await expect(metricOf('precision', many, few)).rejects.toThrow('3 reference images');
    await expect(metricOf('coverage', normals(5, 4, 'c'), many)).rejects.toThrow(
      'a ball to the 5th neighbour needs at least 6',
    );
    await expect(metricOf('precision', normals(20, 3, 'd'), many)).rejects.toThrow('dimensions');
  });
});
