import { describe, expect, it } from 'vitest';
import {
  BASELINE,
  factorsOf,
  gridSchema,
  nameOf,
  variationsOf,
} from '../../../src/studies/jitter/variations.ts';

const grid = (settings: object) => gridSchema.parse(settings);

describe('variations', () => {
  it('are every combination of a grid, the baseline first', () => {
    const all = variationsOf([grid({ threads: [2, 1], batch_sizes: [1, 32], runs: 2 })]);
    expect(all).toHaveLength(8);
    expect(all[0]).toEqual(BASELINE);
    const names = all.map(nameOf);
    expect(new Set(names).size).toBe(8);
    expect(names).toContain('2 threads, batches of 1, run 2');
  });

  it('of several grids are each once', () => {
    const grids = [grid({ runs: 3 }), grid({ threads: [1, 2] }), grid({ runs: 2 })];
    expect(variationsOf(grids).map(nameOf)).toEqual(['run 1', 'run 2', 'run 3', '2 threads']);
  });

  it('are named by what differs from the baseline', () => {
    expect(factorsOf({ ...BASELINE, run: 4 })).toEqual([]);
    const other = { ...BASELINE, instructions: 'no-avx512', level: 'disabled' } as const;
    expect(factorsOf(other)).toEqual(['level', 'instructions']);
    expect(nameOf(other)).toBe('graph disabled, no AVX-512');
    expect(nameOf({ ...BASELINE, instructions: 'no-avx2' })).toBe('no AVX2');
  });

  it('are refused before they are listed where they are too many', () => {
    const many = Array.from({ length: 100 }, (_, i) => i + 1);
    for (const bad of [
      { runs: Number.MAX_SAFE_INTEGER },
      { runs: 101, threads: many },
      { threads: many, workers: many, batch_sizes: [1, 2] },
      { threads: [2000] },
    ]) {
      expect(gridSchema.safeParse(bad).success).toBe(false);
    }
    expect(gridSchema.safeParse({ runs: 100, threads: many }).success).toBe(true);
  });

  it('refuse what no grid can have', () => {
    for (const bad of [{ runs: 0 }, { threads: [] }, { levels: ['fast'] }, { batches: [1] }]) {
      expect(gridSchema.safeParse(bad).success).toBe(false);
    }
  });
});
