import { describe, expect, it } from 'vitest';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { kid } from '../../src/metrics/kid.ts';
import { kidSubsets, type RandomRows } from '../../src/metrics/kid-subsets.ts';
import { stream } from '../../src/random/stream.ts';
import { drawWithoutReplacement } from '../../src/random/subsample.ts';
import { featuresOf } from './feature-pools.ts';
import { randomRows } from './gaussians.ts';

const algebra = fastAlgebra(1);

function picked({ data, columns }: Matrix, indices: Uint32Array): Matrix {
  const rows = new Float64Array(indices.length * columns);
  for (const [i, index] of indices.entries()) {
    rows.set(data.subarray(index * columns, (index + 1) * columns), i * columns);
  }
  return { data: rows, rows: indices.length, columns };
}

function randomAccess(x: Matrix): RandomRows {
  return {
    rows: x.rows,
    dimension: x.columns,
    readRows: (indices, out) => out.set(picked(x, indices).data),
  };
}

const x = randomRows(60, 5, 'x');
const y = randomRows(40, 5, 'y');

describe('kidSubsets', () => {
  it('is the mean and SD (divisor n) of the KIDs of seeded subsets of both sides', async () => {
    const options = { algebra, subsets: 7, size: 12 };
    const found = await kidSubsets(randomAccess(x), randomAccess(y), stream('kid', 3), options);
    const same = stream('kid', 3);
    const values: number[] = [];
    for (let i = 0; i < 7; i++) {
      const left = picked(x, drawWithoutReplacement(60, 12, same));
      const right = picked(y, drawWithoutReplacement(40, 12, same));
      values.push((await kid(featuresOf(left), featuresOf(right), { algebra })).kid);
    }
    const mean = values.reduce((a, b) => a + b) / 7;
    const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 7);
    expect(found).toMatchObject({ subsets: 7, size: 12 });
    expect(Math.abs(found.mean - mean)).toBeLessThan(1e-14);
    expect(Math.abs(found.sd! - sd)).toBeLessThan(1e-14);
  });

  it('has no SD if every subset is both whole sets', async () => {
    const options = { algebra, subsets: 3, size: 1000 };
    const [left, right] = [randomAccess(randomRows(40, 5, 'left')), randomAccess(y)];
    const whole = await kidSubsets(left, right, stream('whole'), options);
    expect(whole).toMatchObject({ sd: null, size: 40 });
    const part = await kidSubsets(randomAccess(x), right, stream('whole'), options);
    expect(part.sd).toBeGreaterThan(0);
  });

  it('takes the same subsets for the same seed, and others for another', async () => {
    const of = (seed: number) =>
      kidSubsets(randomAccess(x), randomAccess(y), stream(seed), { algebra, subsets: 3, size: 9 });
    expect(await of(1)).toEqual(await of(1));
    expect((await of(2)).mean).not.toBe((await of(1)).mean);
  });

  it('takes 100 subsets of 1000, or of the smaller side where that has fewer', async () => {
    const { subsets, size, sd } = await kidSubsets(randomAccess(x), randomAccess(y), stream(1), {
      algebra,
    });
    expect([subsets, size]).toEqual([100, 40]);
    // All of y and part of x: the subsets differ by x alone.
    expect(sd).toBeGreaterThan(0);
  });
});
