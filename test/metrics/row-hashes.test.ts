import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowHashes, rowOverlap } from '../../src/metrics/row-hashes.ts';
import { featuresOf } from './feature-pools.ts';

const d = 3;
const matrix = (rows: readonly (readonly number[])[]) => ({
  data: Float64Array.from(rows.flat()),
  rows: rows.length,
  columns: d,
});
const hashesOf = (rows: readonly (readonly number[])[]) => rowHashes(featuresOf(matrix(rows)));
const row = fc.array(fc.constantFrom(0, 1, -1, 1e-8, 0.1), { minLength: d, maxLength: d });
const set = fc.array(row, { minLength: 1, maxLength: 40 });
const key = (values: readonly number[]) => values.join();

describe('rowOverlap', () => {
  it('counts as a comparison of all rows does', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const found = rowOverlap(hashesOf(a), hashesOf(b));
        const theirs = new Set(b.map(key));
        expect(found).toEqual({
          rows: a.length,
          distinct: new Set(a.map(key)).size,
          shared: a.filter((each) => theirs.has(key(each))).length,
          isSame: a.map(key).sort().join(';') === b.map(key).sort().join(';'),
        });
      }),
    );
  });

  it('knows the same rows in another order, and no others', () => {
    const rows = Array.from({ length: 2500 }, (_, i) => [i, i / 7, -i]);
    const hashes = hashesOf(rows);
    expect(rowOverlap(hashes, hashesOf([...rows].reverse()))).toMatchObject({ isSame: true });
    expect(rowOverlap(hashes, hashesOf(rows.slice(1)))).toMatchObject({
      shared: 2499,
      isSame: false,
    });
    expect(rowOverlap(hashes)).toEqual({ rows: 2500, distinct: 2500, shared: 0, isSame: false });
  });
});

describe('rowHashes', () => {
  it('differ where a single bit of a single number does', () => {
    const base = Float64Array.of(0.1, -2, 3e5);
    const variants = Array.from({ length: 64 * d }, (_, bit) => {
      const copy = Float64Array.from(base);
      new Uint8Array(copy.buffer)[bit >> 3]! ^= 1 << (bit & 7);
      return copy;
    });
    const data = new Float64Array(variants.length * d);
    for (const [i, each] of variants.entries()) data.set(each, i * d);
    const hashes = rowHashes(featuresOf({ data, rows: variants.length, columns: d }));
    expect(new Set(hashes).size).toBe(variants.length);
  });
});
