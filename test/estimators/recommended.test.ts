import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { recommendations, recommendedEstimator } from '../../src/estimators/recommended.ts';
import { estimatorsNamed } from '../../src/estimators/registry.ts';

const rows = { hasRows: true, isStratified: false, referenceRows: null };

describe('the recommended estimator', () => {
  it('is what the committed bake-off recommends at each of its sizes', () => {
    const text = readFileSync('results/estimators/standings.csv', 'utf8');
    const records = parse(text, { columns: true }) as Record<string, string>[];
    const found = records.filter(({ recommended }) => recommended === 'true');
    expect(found.map(({ size }) => Number(size))).toEqual([
      1000, 2000, 5000, 10_000, 20_000, 50_000,
    ]);
    for (const { size, method } of found) {
      const pool = { rows: Number(size), dimension: 2048 };
      expect(recommendedEstimator(pool, rows).method).toBe(method);
    }
  });

  it('exists, in every range', () => {
    const names = recommendations.map(({ method }) => method);
    expect(estimatorsNamed(names).map(({ method }) => method)).toEqual(names);
    for (const pool of [2, 40, 2000, 2049, 50_000]) {
      for (const kind of [rows, { ...rows, hasRows: false }, { ...rows, isStratified: true }]) {
        const { method } = recommendedEstimator({ rows: pool, dimension: 2048 }, kind);
        expect(estimatorsNamed([method])).toHaveLength(1);
      }
    }
  });
});
