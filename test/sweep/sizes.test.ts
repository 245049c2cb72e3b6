import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import {
  checkSeeds,
  checkSizes,
  parseSeedList,
  parseSizes,
  seedsOfCount,
} from '../../src/sweep/sizes.ts';

const sizeList = fc.uniqueArray(fc.integer({ min: 2, max: 1e6 }), { minLength: 1 });

describe('parseSizes', () => {
  it('sorts a list of any order and spacing', () => {
    expect(parseSizes('50000, 1000,5000')).toEqual([1000, 5000, 50_000]);
    fc.assert(
      fc.property(sizeList, (sizes) => {
        expect(parseSizes(sizes.join(', '))).toEqual([...sizes].sort((a, b) => a - b));
      }),
    );
  });

  it('spaces a range evenly in log N or in N', () => {
    expect(parseSizes('1000:100000:log3')).toEqual([1000, 10_000, 100_000]);
    expect(parseSizes('1000:5000:lin5')).toEqual([1000, 2000, 3000, 4000, 5000]);
    expect(parseSizes('5000:50000:lin15')[1]).toBe(8214);
  });

  it('makes a range of ascending sizes from end to end, duplicates of a fine grid left out', () => {
    const low = fc.integer({ min: 2, max: 1000 });
    const span = fc.integer({ min: 1, max: 1e5 });
    const count = fc.integer({ min: 2, max: 1000 });
    fc.assert(
      fc.property(low, span, count, fc.constantFrom('log', 'lin'), (from, more, steps, scale) => {
        const sizes = parseSizes(`${from}:${from + more}:${scale}${steps}`);
        expect([sizes[0], sizes.at(-1)]).toEqual([from, from + more]);
        expect(sizes.length).toBeLessThanOrEqual(steps);
        expect(checkSizes(sizes)).toEqual(sizes);
      }),
    );
  });

  it('takes counts as people write them', () => {
    expect(parseSizes('5e3,10k,50_000')).toEqual([5000, 10_000, 50_000]);
    expect(parseSizes('1k:4k:lin4')).toEqual([1000, 2000, 3000, 4000]);
  });

  it.each([
    ['', "not a whole number: ''"],
    ['5000,', "not a whole number: ''"],
    ['5x3', "not a whole number: '5x3'"],
    ['-5', "not a whole number: '-5'"],
    ['1.5', "not a whole number: '1.5'"],
    ['1', 'invalid size: 1'],
    ['0,100', 'invalid size: 0'],
    ['100,200,100', 'duplicate size: 100'],
    ['99999999999999999999', "not a whole number: '99999999999999999999'"],
    ['100:100:log5', 'invalid range of sizes: 100:100:log5'],
    ['200:100:lin5', 'invalid range of sizes'],
    ['100:200:log1', 'invalid range of sizes'],
    ['100:200:log1001', 'invalid range of sizes'],
    ['1:200:log5', 'invalid size: 1'],
    ['100:200:cube5', 'not a whole number'],
  ])('refuses %j', (text, message) => {
    expect(() => parseSizes(text)).toThrow(StudyError);
    expect(() => parseSizes(text)).toThrow(message);
  });
});

describe('checkSizes', () => {
  it.each([
    [[], 'no sizes'],
    [[2.5], 'invalid size: 2.5'],
    [[Number.NaN], 'invalid size: NaN'],
    [[Number.POSITIVE_INFINITY], 'invalid size: Infinity'],
    [[5, 3, 5], 'duplicate size: 5'],
  ])('refuses %j', (sizes, message) => {
    expect(() => checkSizes(sizes)).toThrow(message);
  });

  it('leaves its argument as it is', () => {
    const sizes = [9, 4];
    checkSizes(sizes);
    expect(sizes).toEqual([9, 4]);
  });
});

describe('seeds', () => {
  it('are 1 … count, or a list in its own order', () => {
    expect(seedsOfCount(3)).toEqual([1, 2, 3]);
    expect(parseSeedList('7, 0,3')).toEqual([7, 0, 3]);
  });

  it.each([0, -1, 1.5, Number.NaN])('cannot be %f in number', (count) => {
    expect(() => seedsOfCount(count)).toThrow(`invalid number of seeds: ${count}`);
  });

  it.each([
    [[], 'no seeds'],
    [[-1], 'invalid seed: -1'],
    [[2 ** 53], 'invalid seed: 9007199254740992'],
    [[1, 2, 1], 'duplicate seed: 1'],
  ])('cannot be the list %j', (seeds, message) => {
    expect(() => checkSeeds(seeds)).toThrow(message);
  });
});
