import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { parseSettings } from '../../src/sweep/settings.ts';

describe('parseSettings', () => {
  it('fills in what is left out: the built-in source at 5,000 and 50,000, ten seeds', () => {
    expect(parseSettings({})).toEqual({
      source: 'cifar10-cfm',
      sizes: [5000, 50_000],
      seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      study_seed: 0,
      replacement: false,
      rows: false,
      nested: true,
      exact_moments: false,
      estimand: 'auto',
      timings: false,
      force: false,
    });
  });

  it('takes sizes as a list, a text or a range, and seeds as a count or a list', () => {
    expect(parseSettings({ sizes: '20,10' }).sizes).toEqual([10, 20]);
    expect(parseSettings({ sizes: [20, 10] }).sizes).toEqual([10, 20]);
    expect(parseSettings({ sizes: '10:1000:log3' }).sizes).toEqual([10, 100, 1000]);
    expect(parseSettings({ seeds: [5, 3] }).seeds).toEqual([5, 3]);
    expect(parseSettings({ seeds: 2 }).seeds).toEqual([1, 2]);
  });

  it('gives the same of its own output', () => {
    const input = fc.record(
      {
        sizes: fc.uniqueArray(fc.integer({ min: 2, max: 1e5 }), { minLength: 1 }),
        seeds: fc.integer({ min: 1, max: 20 }),
        study_seed: fc.nat(),
        replacement: fc.boolean(),
        nested: fc.boolean(),
        estimand: fc.constantFrom('auto' as const, 'population' as const, 'pool' as const),
        experiment: fc.constant('a'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(input, (settings) => {
        const parsed = parseSettings(settings);
        expect(parseSettings(parsed)).toEqual(parsed);
      }),
    );
  });

  it('has either a source or a pair of sets', () => {
    const pair = parseSettings({ reference: 'a', generated: 'b' });
    expect(pair).toMatchObject({ reference: 'a', generated: 'b' });
    expect(pair).not.toHaveProperty('source');
  });

  it('takes or refuses any JSON, at once and in words', () => {
    const number = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.constantFrom(2 ** 31, 2 ** 53, -0, 1e308),
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      number,
      fc.array(number, { maxLength: 4 }),
    );
    const keys = fc.constantFrom('sizes', 'seeds', 'study_seed', 'source', 'labels', 'replacement');
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(keys, value)), (input) => {
        try {
          const { sizes, seeds } = parseSettings(input);
          expect(sizes.length * seeds.length).toBeLessThanOrEqual(100_000);
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  it.each([
    [{ source: 'a', reference: 'b', generated: 'c' }, 'both a source (a) and a reference'],
    [{ reference: 'b' }, 'reference set without the other side'],
    [{ generated: 'b' }, 'generated set without the other side'],
    [{ sizes: [1] }, 'invalid size: 1'],
    [{ sizes: [9, 9] }, 'duplicate size: 9'],
    [{ sizes: [] }, 'no sizes'],
    [{ seeds: 0 }, 'invalid number of seeds: 0'],
    [{ seeds: 2147483648 }, 'invalid number of seeds: 2147483648'],
    [{ seeds: Number.MAX_SAFE_INTEGER }, 'invalid number of seeds'],
    [{ sizes: [2 ** 32] }, 'invalid size: 4294967296'],
    [{ seeds: 10_000, sizes: '10:1000:lin11' }, '11 sizes of 10000 seeds are 110000 draws'],
    [{ seeds: [1, 1] }, 'duplicate seed: 1'],
    [{ seeds: '3' }, 'seeds'],
    [{ sizs: [5] }, 'sizs'],
    [{ study_seed: -1 }, 'study_seed'],
    [{ nested: 'yes' }, 'nested'],
    [{ estimand: 'truth' }, 'estimand'],
    [[], 'invalid settings'],
    [null, 'invalid settings'],
  ])('refuses %j', (input, message) => {
    expect(() => parseSettings(input)).toThrow(StudyError);
    expect(() => parseSettings(input)).toThrow(message);
  });
});
