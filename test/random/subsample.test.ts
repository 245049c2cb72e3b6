import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { stream } from '../../src/random/stream.ts';
import { drawWithoutReplacement, drawWithReplacement } from '../../src/random/subsample.ts';
import { chiSquareOfCounts } from './statistics.ts';

const poolAndSizes = fc
  .integer({ min: 1, max: 400 })
  .chain((pool) =>
    fc.tuple(fc.constant(pool), fc.nat({ max: pool }), fc.nat({ max: pool }), fc.integer()),
  );

describe('drawWithoutReplacement', () => {
  it('gives the pinned draws', () => {
    expect([...drawWithoutReplacement(10, 10, stream('golden'))]).toEqual([
      2, 9, 7, 3, 1, 8, 6, 0, 4, 5,
    ]);
    expect([...drawWithoutReplacement(50_000, 6, stream('golden', 1))]).toEqual([
      31_107, 21_556, 10_120, 44_857, 29_890, 11_392,
    ]);
    expect([...drawWithoutReplacement(2 ** 32, 3, stream('golden', 2))]).toEqual([
      2_055_628_963, 1_213_751_511, 4_184_395_908,
    ]);
  });

  it('draws distinct indices of the pool', () => {
    fc.assert(
      fc.property(poolAndSizes, ([pool, size, , seed]) => {
        const draw = drawWithoutReplacement(pool, size, stream(seed));
        expect(draw.length).toBe(size);
        expect(new Set(draw).size).toBe(size);
        expect(draw.every((index) => index < pool)).toBe(true);
      }),
    );
  });

  it('nests: a smaller draw of the same key is the beginning of a larger one', () => {
    // Sizes on both sides of pool / 8 also compare the map of swaps with the copied pool.
    fc.assert(
      fc.property(poolAndSizes, ([pool, a, b, seed]) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        const draw = drawWithoutReplacement(pool, large, stream(seed));
        expect(drawWithoutReplacement(pool, small, stream(seed))).toEqual(draw.slice(0, small));
      }),
    );
  });

  it('is a permutation when the whole pool is drawn', () => {
    const draw = drawWithoutReplacement(1000, 1000, stream(5));
    expect(draw.toSorted()).toEqual(Uint32Array.from({ length: 1000 }, (_, i) => i));
  });

  it('gives every ordered pair equally often', () => {
    const counts = new Uint32Array(30);
    const source = stream('pairs');
    for (let i = 0; i < 30_000; i++) {
      const [first, second] = drawWithoutReplacement(6, 2, source);
      counts[first! * 5 + second! - (second! > first! ? 1 : 0)]!++;
    }
    // 29 degrees of freedom: mean 29, standard deviation 7.6.
    expect(chiSquareOfCounts(counts)).toBeLessThan(29 + 5 * 7.6);
  });

  it('includes every row of a large pool equally often', () => {
    const counts = new Uint32Array(100);
    const source = stream('inclusion');
    for (let i = 0; i < 400; i++) {
      // 100 of 1000 takes the sparse way; rows are counted in tens.
      for (const index of drawWithoutReplacement(1000, 100, source))
        counts[Math.floor(index / 10)]!++;
    }
    expect(chiSquareOfCounts(counts)).toBeLessThan(99 + 5 * 14.1);
  });

  it('accepts empty draws', () => {
    expect(drawWithoutReplacement(0, 0, stream(1))).toEqual(new Uint32Array(0));
    expect(drawWithoutReplacement(5, 0, stream(1))).toEqual(new Uint32Array(0));
  });

  it('names the sizes it cannot draw', () => {
    expect(() => drawWithoutReplacement(10, 11, stream(1))).toThrow(
      'draw larger than its pool: 11 of 10',
    );
    for (const bad of [-1, 0.5, Number.NaN]) {
      expect(() => drawWithoutReplacement(10, bad, stream(1))).toThrow(StudyError);
      expect(() => drawWithoutReplacement(bad, 0, stream(1))).toThrow(StudyError);
      expect(() => drawWithReplacement(10, bad, stream(1))).toThrow(StudyError);
    }
    expect(() => drawWithReplacement(0, 1, stream(1))).toThrow('draw from an empty pool: 1 of 0');
  });
});

describe('drawWithReplacement', () => {
  it('gives the pinned draw', () => {
    expect([...drawWithReplacement(10, 8, stream('golden'))]).toEqual([2, 7, 7, 9, 1, 8, 0, 4]);
  });

  it('nests, and can exceed the pool', () => {
    const draw = drawWithReplacement(7, 50, stream(2));
    expect(draw.every((index) => index < 7)).toBe(true);
    expect(drawWithReplacement(7, 20, stream(2))).toEqual(draw.slice(0, 20));
  });

  it('draws every row equally often', () => {
    const counts = new Uint32Array(50);
    for (const index of drawWithReplacement(50, 50_000, stream('uniform'))) counts[index]!++;
    expect(chiSquareOfCounts(counts)).toBeLessThan(49 + 5 * 9.9);
  });
});
