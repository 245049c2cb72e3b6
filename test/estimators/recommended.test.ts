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
      1000, 1400, 2000, 3000, 5000, 10_000, 20_000, 50_000,
    ]);
    for (const { size, method } of found) {
      const pool = { rows: Number(size), dimension: 2048 };
      expect(recommendedEstimator(pool, rows).method).toBe(method);
    }
  });

  it('is relied on from one and a half images a dimension on, of either side', () => {
    const isReliable = (n: number, referenceRows: number | null, kind = rows) =>
      recommendedEstimator({ rows: n, dimension: 2048 }, { ...kind, referenceRows }).isReliable;
    expect([3071, 3072].map((n) => isReliable(n, null))).toEqual([false, true]);
    expect([3071, 3072].map((n) => isReliable(50_000, n))).toEqual([false, true]);
    expect(isReliable(3072, null, { ...rows, hasRows: false })).toBe(true);
  });

  it('is relied on with fixed shares of classes where the jackknife’s intervals hold the truth', () => {
    const stratified = { ...rows, isStratified: true };
    const of = (n: number) => recommendedEstimator({ rows: n, dimension: 2048 }, stratified);
    expect(of(3071)).toEqual({ method: 'jackknife', isReliable: false });
    expect(of(3072)).toEqual({ method: 'jackknife', isReliable: true });
    const text = readFileSync('results/estimators/standings.csv', 'utf8');
    const records = parse(text, { columns: true }) as Record<string, string>[];
    const found = records.filter(
      ({ method, size }) => method === 'jackknife' && Number(size) > 3072,
    );
    expect(found.length).toBeGreaterThan(2);
    for (const { size, coverage } of found) {
      expect([size, Number(coverage) > 0.9]).toEqual([size, of(Number(size)).isReliable]);
    }
    expect(
      recommendedEstimator(
        { rows: 50_000, dimension: 2048 },
        { ...stratified, referenceRows: 3000 },
      ),
    ).toMatchObject({ isReliable: false });
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
