import { describe, expect, it } from 'vitest';
import { runUnit } from '../../src/draws/draw.ts';
import { openRows } from '../../src/draws/open-rows.ts';
import type { DrawOutcome } from '../../src/draws/outcome.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import {
  correlation,
  DENSE,
  DIAGONAL,
  drawsOf,
  expectAlike,
  surrogateOf,
} from './gaussian-draws.ts';
import { sampling, values } from './jobs.ts';

const d = 16;

describe('blocks of rows by their moments', () => {
  // Rows first; several blocks; a few rows between two blocks.
  it.each([
    [[9, 60], DIAGONAL],
    [[20, 45, 90], DIAGONAL],
    [[30, 34, 80], DIAGONAL],
    [[9, 40], DENSE],
  ])('are distributed as rows are: sizes %j of d = 16', async (sizes, definition) => {
    const source = await surrogateOf(definition);
    expectAlike(
      await drawsOf(source, 'normals', sizes, 200),
      await drawsOf(source, 'blocks', sizes, 200),
    );
  });

  it('are the rows themselves where no more rows than dimensions are added', async () => {
    const source = await surrogateOf(DIAGONAL);
    for (const sizes of [[9], [16], [9, 16, 32]]) {
      const rows = await drawsOf(source, 'normals', sizes, 5);
      expect(await drawsOf(source, 'blocks', sizes, 5)).toEqual(rows);
    }
  });

  it('nest: a size is correlated with the next as its rows are', async () => {
    const source = await surrogateOf(DIAGONAL);
    const of = async (sizes: readonly number[], kind: 'normals' | 'blocks') =>
      (await drawsOf(source, kind, sizes, 300)).map(({ distance }) => distance);
    const rows = correlation(await of([20], 'normals'), await of([20, 40], 'normals'));
    const blocks = correlation(await of([20], 'blocks'), await of([20, 40], 'blocks'));
    expect(rows).toBeGreaterThan(0.6);
    // The SE of a correlation r is (1 − r²)/√n.
    expect(Math.abs(rows - blocks)).toBeLessThan(
      4 * Math.SQRT2 * ((1 - rows * rows) / Math.sqrt(300)),
    );
  });

  it('give the same bits if some sizes were done before', async () => {
    const { source } = await surrogateOf(DIAGONAL);
    const spec = { ...source, rows: { kind: 'blocks', dimension: d } } as const;
    const sizes = [9, 40, 44, 90];
    const of = async (wanted: readonly number[]) => {
      const outcomes: DrawOutcome[] = [];
      const rows = openRows(spec.rows, sampling);
      for await (const outcome of runUnit({ seed: 4, sizes, wanted }, spec, rows, fastAlgebra(1))) {
        outcomes.push(outcome);
      }
      return values(outcomes);
    };
    const all = await of(sizes);
    for (const wanted of [[40], [44, 90], [90]]) {
      expect(await of(wanted)).toEqual(all.filter(({ size }) => wanted.includes(size)));
    }
  });
});
