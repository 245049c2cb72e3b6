import { describe, expect, it } from 'vitest';
import { estimatorsNamed } from '../../src/estimators/registry.ts';
import { estimatePool } from '../../src/estimators/run.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { referenceOfFeatures } from '../../src/metrics/features.ts';
import { mechanism } from '../../src/studies/bake-off/mechanisms.ts';
import { oddRows } from '../../src/theory/odd-rows.ts';
import { withGroup } from './grouped.ts';

const algebra = fastAlgebra(1);
const [d, n] = [32, 77];
const { reference, draw, drawReference } = await mechanism('power-law-1.25', true, d, algebra);
const options = { estimators: estimatorsNamed(['plug-in']), seed: null, algebra };

describe('a group of images far from all others', () => {
  // 2.4 images a dimension: from three equal rows on, each has less leverage than the average row.
  it.each([
    ['equal', 2],
    ['equal', 3],
    ['equal', 8],
    ['near', 5],
    ['distinct', 2],
    ['distinct', 8],
  ] as const)('is named, all of it and nothing else: %s, %i rows', async (alike, count) => {
    for (const far of [25, 8]) {
      const { pool, at } = withGroup(draw(n, ['odd', count]), count, alike, far, reference.mean);
      const { shared } = await estimatePool(pool, reference, options);
      const odd = oddRows(shared);
      expect(odd.map(({ row }) => row).sort((a, b) => a - b)).toEqual(at);
      for (const { side, leverage } of odd) {
        expect(side).toBe('generated');
        expect(leverage).toBeGreaterThan(0.9);
        expect(leverage).toBeLessThan(1);
      }
    }
  });

  it('is named in the reference too', async () => {
    const centre = reference.mean;
    const { pool, at } = withGroup(drawReference(n, ['odd']), 3, 'equal', 25, centre);
    const factored = await referenceOfFeatures(pool, algebra);
    const { shared } = await estimatePool(draw(n, ['odd']), factored, {
      ...options,
      referenceFeatures: pool,
    });
    const odd = oddRows(shared);
    expect(odd.map(({ side }) => side)).toEqual(['reference', 'reference', 'reference']);
    expect(odd.map(({ row }) => row).sort((a, b) => a - b)).toEqual(at);
  });

  it('is where it is stored, in whatever order its pool is taken', async () => {
    const { pool, at } = withGroup(draw(n, ['odd']), 2, 'equal', 25, reference.mean);
    const { shared } = await estimatePool(pool, reference, { ...options, seed: 3 });
    expect(
      oddRows(shared)
        .map(({ row }) => row)
        .sort((a, b) => a - b),
    ).toEqual(at);
  });

  it('is no copy of an image like the others', async () => {
    const { pool } = withGroup(draw(n, ['odd']), 8, 'equal', 1, reference.mean);
    const { shared } = await estimatePool(pool, reference, options);
    expect(oddRows(shared)).toEqual([]);
  });
});
