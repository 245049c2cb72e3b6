import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOrInfinity, wholeNumber } from '../../src/commands/whole-number.ts';
import { parseSizes } from '../../src/sweep/sizes.ts';
import { parseCount } from '../../src/tables/count-text.ts';

describe('a count', () => {
  it.each([
    ['5000', 5000],
    ['50_000', 50_000],
    ['50k', 50_000],
    ['2.5k', 2500],
    ['2.3K', 2300],
    ['1M', 1_000_000],
    ['5e4', 50_000],
    ['1.5e3', 1500],
    [' 7 ', 7],
    ['0', 0],
  ])('is read as people write it: %s', (text, value) => {
    expect(parseCount(text)).toBe(value);
  });

  it.each([
    '',
    'k',
    '1.5',
    '-5',
    '0x10',
    '5__0',
    '_5',
    '5_',
    '5e',
    '1e99',
    '5 k',
    '5kk',
    '1,000',
    'Infinity',
  ])('is not read from %j', (text) => {
    expect(parseCount(text)).toBeUndefined();
  });

  it('of any whole number is that number, with or without thousands', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000 }), (n) => {
        expect(parseCount(String(n))).toBe(n);
        expect(parseCount(n.toLocaleString('en').replaceAll(',', '_'))).toBe(n);
        expect(parseCount(`${n}k`)).toBe(1000 * n);
      }),
    );
  });
});

it('every option of a count, and lists and ranges of sizes, read it so', () => {
  expect(wholeNumber('--size', 2)('5k')).toBe(5000);
  expect(() => wholeNumber('--size', 2)('1.5')).toThrow('invalid --size: 1.5');
  expect(sizeOrInfinity('--to')('50_000')).toBe(50_000);
  expect(sizeOrInfinity('--to')('inf')).toBe(Number.POSITIVE_INFINITY);
  expect(parseSizes('5k,5e4')).toEqual([5000, 50_000]);
  expect(parseSizes('1k:50k:log3')).toEqual([1000, 7071, 50_000]);
});
