import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { stream } from '../../src/random/stream.ts';
import { chiSquareOfCounts } from './statistics.ts';

describe('stream', () => {
  it('gives the pinned sequences', () => {
    const one = stream('study', 1, 'draw', 3);
    expect(one.key).toBe('["study",1,"draw",3]');
    expect([one.next(), one.next(), one.next()]).toEqual([
      0.6459674123327045, 0.48357056422855776, 0.44032074765476287,
    ]);
    expect([...stream('study', 1, 'draw', 3).words(4)]).toEqual([
      2_774_408_910, 1_076_804_987, 3_410_480_811, 2_148_888_760,
    ]);
    const integers = stream('study', 1, 'draw', 4);
    expect(Array.from({ length: 8 }, () => integers.integer(1000))).toEqual([
      29, 124, 809, 695, 815, 656, 943, 711,
    ]);
  });

  it('is the ARC4 generator of seedrandom on the key as JSON', () => {
    const plain = seedrandom('["a",1]');
    const ours = stream('a', 1);
    for (let i = 0; i < 10; i++) expect(ours.next()).toBe(plain());
  });

  it('tells keys apart that look alike', () => {
    const keys = [
      ['a', 'b'],
      ['ab'],
      ['a,b'],
      ['a', 'b', 'a', 'b'],
      [1],
      ['1'],
      [1, 1],
      [11],
      ['"'],
    ];
    const first = [...keys, ['\u0101'], ['\u0001'], ['\u0201'], []].map((key) =>
      stream(...key).next(),
    );
    expect(new Set(first).size).toBe(first.length);
  });

  it('gives the same sequence for the same key, whatever other streams do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer(), fc.string({ maxLength: 8 })), { maxLength: 4 }),
        (key) => {
          const a = stream(...key);
          const b = stream(...key);
          for (let i = 0; i < 5; i++) expect(a.next()).toBe(b.next());
        },
      ),
    );
  });

  it('draws each integer below the bound equally often', () => {
    const source = stream('chi-square');
    const counts = new Array<number>(48).fill(0);
    for (let i = 0; i < 48_000; i++) counts[source.integer(48)]!++;
    // 47 degrees of freedom: mean 47, standard deviation 9.7.
    expect(chiSquareOfCounts(counts)).toBeLessThan(47 + 5 * 9.7);
  });

  it('rejects the words that would favour low remainders', () => {
    // Without rejection the lower half would get two thirds of the draws.
    const bound = 3 * 2 ** 30;
    const source = stream('rejection');
    let low = 0;
    for (let i = 0; i < 10_000; i++) if (source.integer(bound) < bound / 3) low++;
    expect(Math.abs(low - 10_000 / 3)).toBeLessThan(5 * Math.sqrt(10_000 * (2 / 9)));
    expect(stream('largest').integer(2 ** 32)).toBe(stream('largest').words(1)[0]);
    expect(stream('smallest').integer(1)).toBe(0);
  });

  it('names the value it cannot use', () => {
    expect(() => stream('a', Number.NaN)).toThrow('invalid seed; not a finite number: NaN');
    expect(() => stream('x'.repeat(300))).toThrow(StudyError);
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => stream('a').integer(bound)).toThrow(StudyError);
    }
  });
});
