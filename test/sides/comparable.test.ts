import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { extractorDifference, requireComparable } from '../../src/sides/comparable.ts';
import type { ExtractorIdentity, StatisticsSide } from '../../src/sides/side.ts';
import { diagonalStatistics } from '../metrics/gaussians.ts';

const inception: ExtractorIdentity = {
  name: 'inception',
  mode: 'clean',
  sha256: 'a'.repeat(64),
  comparable: true,
};

function side(path: string, extractor: ExtractorIdentity | null, dimension = 2): StatisticsSide {
  const zeros = new Float64Array(dimension);
  return {
    kind: 'statistics',
    path,
    sha256: '',
    dimension,
    rows: null,
    extractor,
    statistics: diagonalStatistics(zeros, zeros),
    close() {},
  };
}

const others = [
  ['models', { ...inception, name: 'vgg' }, 'different models: inception and vgg'],
  ['modes', { ...inception, mode: 'legacy' }, 'different modes: clean and legacy'],
  [
    'builds',
    { ...inception, sha256: 'b'.repeat(64) },
    'different builds of inception: sha256 aaaaaaaaaaaa and bbbbbbbbbbbb',
  ],
] as const;

describe('requireComparable', () => {
  it('lets the same extractor pass, and one that is unknown', () => {
    requireComparable(side('a', inception), side('b', { ...inception }), false);
    requireComparable(side('a', inception), side('b', null), false);
    requireComparable(side('a', null), side('b', null), false);
  });

  it.each(others)('refuses different %s unless it is forced', (_, other, words) => {
    const [a, b] = [side('a', inception), side('b', other)];
    expect(() => requireComparable(a, b, false)).toThrow(StudyError);
    expect(() => requireComparable(a, b, false)).toThrow(`a and b have features of ${words}`);
    requireComparable(a, b, true);
    expect(extractorDifference(a.extractor, b.extractor)).toContain(words);
  });

  it('refuses different dimensions, forced or not', () => {
    for (const force of [false, true]) {
      expect(() => requireComparable(side('a', null, 2), side('b', null, 3), force)).toThrow(
        'a has features of 2 dimensions, b of 3',
      );
    }
  });
});
