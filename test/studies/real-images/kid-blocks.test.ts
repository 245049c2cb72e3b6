import { describe, expect, it } from 'vitest';
import { sharedAlgebra } from '../../../src/linalg/fast.ts';
import { kid } from '../../../src/metrics/kid.ts';
import { kernelBlocks, kidOfBlocks, kidRows } from '../../../src/studies/real-images/kid-blocks.ts';
import type { Pool } from '../../../src/studies/real-images/pool.ts';
import { memoryPool, normals } from './memory-pool.ts';

const d = 6;
const x = memoryPool('x', normals('x', 70, d), d);
const y = memoryPool('y', normals('y', 95, d, 0.3), d);
const { signal } = new AbortController();
const sums = (rows: number, block: number) =>
  kernelBlocks(x, y, { rows, block, studySeed: 0 }, sharedAlgebra(), signal);

describe('kernelBlocks', () => {
  it('gives the KID of all rows, in whatever blocks', async () => {
    const whole = (await kid(x, y)).kid;
    for (const block of [19, 95]) {
      const blocks = await sums(95, block);
      const all = blocks.between.map((_, i) => i);
      // Of 95 rows none is left over: 5 · 19.
      expect(Math.abs(kidOfBlocks(blocks, all) / whole - 1)).toBeLessThan(1e-11);
    }
  });

  it('gives the KID of any union of blocks', async () => {
    const blocks = await sums(95, 19);
    const order: number[] = [];
    const spy: Pool = {
      ...y,
      readRows(indices, out) {
        order.push(...indices);
        y.readRows(indices, out);
      },
    };
    await kernelBlocks(x, spy, { rows: 95, block: 19, studySeed: 0 }, sharedAlgebra(), signal);
    // The rows of each block, in the order in which blocks are first read.
    const rows = [...new Set(order)];
    const union = [3, 1].flatMap((block) => rows.slice(19 * block, 19 * (block + 1)));
    const data = new Float64Array(union.length * d);
    y.readRows(Uint32Array.from(union), data);
    const expected = (await kid(x, memoryPool('union', data, d))).kid;
    expect(Math.abs(kidOfBlocks(blocks, [3, 1]) / expected - 1)).toBeLessThan(1e-11);
  });

  it('takes no more rows than it is told, and whole blocks of the generated side', async () => {
    const blocks = await sums(50, 20);
    expect(blocks.referenceRows).toBe(50);
    expect(blocks.between).toHaveLength(2);
  });
});

describe('kidRows', () => {
  it('has a row a seed for each size made of blocks, and one for the whole', async () => {
    const rows = kidRows('e', await sums(95, 19), [19, 38, 50, 95, 114], 4, 0);
    const count = (size: number) => rows.filter((row) => row.size === size).length;
    expect([19, 38, 50, 95, 114].map(count)).toEqual([4, 4, 0, 1, 0]);
    expect(new Set(rows.map((row) => row.kid)).size).toBeGreaterThan(5);
  });
});
