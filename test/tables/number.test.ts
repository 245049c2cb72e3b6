import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inParentheses,
  percent,
  plusMinus,
  roundToError,
  thousands,
} from '../../src/tables/number.ts';

describe('rounding to the Monte-Carlo error', () => {
  it.each([
    [9.7812, 0.0326, '9.78', '0.03'],
    [9.7812, 0.0096, '9.78', '0.01'],
    [9.7812, 2.4, '10', '2'],
    [12_345, 32, '12350', '30'],
    [-0.004, 0.03, '0.00', '0.03'],
    [-1.5, 0.25, '-1.5', '0.3'],
    [5.12, 0, '5.12', '0'],
    [5.12, 1e-15, '5.12', '1e-15'],
    [0, 0.5, '0.0', '0.5'],
  ])('writes %d with error %d as %s and %s', (value, mcse, text, errorText) => {
    expect(roundToError(value, mcse)).toEqual({ value: text, error: errorText });
  });

  it('shows four digits where the error is unknown', () => {
    expect(roundToError(9.781_234, null)).toEqual({ value: '9.781', error: null });
  });

  it('keeps one digit of the error, and the value to half a unit of that digit', () => {
    const value = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const error = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(value, error, (v, e) => {
        const rounded = roundToError(v, e);
        expect(rounded.error).toMatch(/^(0\.0*[1-9]|[1-9]0*)$/);
        const unit = 10 ** Math.floor(Math.log10(Number(e.toPrecision(1))) + 1e-9);
        expect(Math.abs(Number(rounded.value) - v)).toBeLessThanOrEqual(unit * 0.5 * (1 + 1e-9));
        expect(Number(rounded.value) / unit).toBeCloseTo(Math.round(Number(rounded.value) / unit));
      }),
    );
  });

  it('writes a pair as plus-minus or in parentheses, and a missing value as a dash', () => {
    expect(plusMinus(9.7812, 0.0326)).toBe('9.78 ± 0.03');
    expect(inParentheses(9.7812, 0.0326)).toBe('9.78 (0.03)');
    expect(plusMinus(9.7812, null)).toBe('9.781');
    expect(inParentheses(null, null)).toBe('–');
  });
});

it('writes shares in percent, without digits that say nothing', () => {
  expect([0, 0.0009, 0.001, 0.0368, 0.123, 1].map(percent)).toEqual([
    '< 0.1 %',
    '< 0.1 %',
    '0.1 %',
    '3.7 %',
    '12 %',
    '100 %',
  ]);
});

it('groups thousands', () => {
  expect([2, 999, 1000, 50_000, 1_234_567].map(thousands)).toEqual([
    '2',
    '999',
    '1,000',
    '50,000',
    '1,234,567',
  ]);
});
