import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FONT_FILES, fontMeasure } from '../../src/charts/font.ts';
import { alongLine, emptiestPlace } from '../../src/charts/placement.ts';
import { fidScale, linearScale, logScale } from '../../src/charts/scales.ts';
import { textWidth, wrap } from '../../src/charts/text.ts';
import { decadeTicks, inverseSizeTicks, sizeTicks } from '../../src/charts/ticks.ts';

describe('scales', () => {
  const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1 });

  it('keep the margins asked for around the values', () => {
    fc.assert(
      fc.property(values, (some) => {
        for (const scale of [logScale(some, 252, 30, 40), linearScale(some, 252, 30, 40)]) {
          expect(scale.position(Math.min(...some))).toBeGreaterThan(29.9);
          expect(scale.position(Math.max(...some))).toBeLessThan(212.1);
          expect(scale.position(scale.domain[1])).toBeCloseTo(252);
        }
      }),
    );
  });

  it('move a value by px on a log axis', () => {
    const scale = logScale([1000, 50_000], 252, 30, 40);
    expect(scale.position(scale.shift(5000, -7))).toBeCloseTo(scale.position(5000) - 7);
  });

  it('show FIDs from 0 where they differ much, and close up where they do not', () => {
    expect(fidScale([5.12, 9.75], 100, 10, 10).domain[0]).toBe(0);
    expect(fidScale([60, 60.5], 100, 10, 10).domain[0]).toBeGreaterThan(59);
    expect(fidScale([-0.2, 0.3], 100, 10, 10).domain[0]).toBeLessThan(-0.2);
  });
});

describe('ticks of N', () => {
  const over = (low: number, high: number) => logScale([low, high], 252, 30, 40).position;

  it('are the sizes where they fit, in full or in thousands', () => {
    expect(sizeTicks([5000, 50_000], over(5000, 50_000))).toEqual({
      values: [5000, 50_000],
      labelExpr: "format(datum.value, ',d')",
    });
    const sizes = [1000, 2000, 5000, 10_000, 20_000, 50_000];
    expect(sizeTicks(sizes, over(1000, 50_000))).toEqual({
      values: sizes,
      labelExpr: "format(datum.value, '~s')",
    });
  });

  it('are round numbers where the sizes are too many', () => {
    const sizes = Array.from({ length: 15 }, (_, i) => Math.round(1000 * 50 ** (i / 14)));
    expect(sizeTicks(sizes, over(1000, 50_000)).values).toEqual([
      1000, 2000, 5000, 10_000, 20_000, 50_000,
    ]);
  });

  it('hold 0 and the smallest size on an axis of 1/N, without crowding', () => {
    const position = linearScale([0, 1 / 1000], 252, 22, 30).position;
    const { values } = inverseSizeTicks([1000, 2000, 5000, 10_000, 20_000, 50_000], position);
    expect(values).toEqual([0, 1 / 5000, 1 / 2000, 1 / 1000]);
  });

  it('of a log axis are decades, or finer where it spans few', () => {
    expect(decadeTicks([0.005, 30])).toEqual([0.01, 0.1, 1, 10]);
    expect(decadeTicks([0.4, 8])).toEqual([0.5, 1, 2, 5]);
  });
});

describe('placing a text', () => {
  const hang = { align: 'left', baseline: 'top', dx: 0, dy: 0 } as const;
  const here = { ...hang, id: 'here', anchor: { x: 0, y: 0 } };
  const there = { ...hang, id: 'there', anchor: { x: 0, y: 100 } };

  it('takes the first place unless another covers less', () => {
    expect(emptiestPlace(['text'], [here, there], []).id).toBe('here');
    expect(emptiestPlace(['text'], [here, there], [{ x: 5, y: 5 }]).id).toBe('there');
    expect(
      emptiestPlace(
        ['text'],
        [here, there],
        [
          { x: 5, y: 5 },
          { x: 5, y: 105 },
          { x: 6, y: 105 },
        ],
      ).id,
    ).toBe('here');
  });

  it('sees a line that passes through', () => {
    const line = alongLine({ x: -50, y: 8 }, { x: 200, y: 8 });
    expect(emptiestPlace(['text'], [here, there], line).id).toBe('there');
  });
});

describe('widths of text', () => {
  const measure = fontMeasure(FONT_FILES.regular);

  it('of the font are its own advance widths', () => {
    expect(measure('0')).toBe(1303 / 2048);
    expect(measure(' ')).toBe(651 / 2048);
    expect(measure('00 ±')).toBe((2 * 1303 + 651 + 1716) / 2048);
  });

  it.each([
    'mean ± MCSE',
    'published: OT-CFM',
    'population FID 4.602',
    'empirical SE, pool-corrected',
    'cifar10-cfm against its own reference, 10 seeds',
    '50,000',
  ])('without the font are near its own: %s', (text) => {
    const ratio = textWidth(text, 11) / (11 * measure(text));
    expect(ratio).toBeGreaterThan(0.98);
    expect(ratio).toBeLessThan(1.12);
  });

  it('break lines between words only', () => {
    expect(wrap('one two three', 60, 11)).toEqual(['one two', 'three']);
    expect(wrap('', 60, 11)).toEqual([]);
    expect(wrap('averyverylongword', 20, 11)).toEqual(['averyverylongword']);
  });
});
