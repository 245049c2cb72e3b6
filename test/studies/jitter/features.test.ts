import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float16Values } from '../../../src/arrays/dtype.ts';
import { featuresInMemory } from '../../../src/metrics/features.ts';
import {
  featureChange,
  fromBase64,
  throughFloat16,
  toBase64,
} from '../../../src/studies/jitter/features.ts';

const floats = fc.float32Array({
  noNaN: true,
  noDefaultInfinity: true,
  minLength: 1,
  maxLength: 30,
});

describe('throughFloat16', () => {
  it('keeps every value that half precision has', () => {
    const values = float16Values().filter(Number.isFinite);
    expect(throughFloat16(values).every((value, i) => value === values[i])).toBe(true);
  });

  it('takes the nearest, and of two equally near the even one', () => {
    const [one, next] = [1, 1 + 2 ** -10];
    const between = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 0.9 * 2 ** -11, -(1 + 2 ** -11), 2 ** -26];
    expect([...throughFloat16(Float32Array.from(between))]).toEqual([
      one,
      1 + 2 ** -9,
      one,
      -one,
      0,
    ]);
    expect(throughFloat16(Float32Array.of(1 + 1.1 * 2 ** -11))[0]).toBe(next);
  });

  it('is off by no more than half a unit in the eleventh bit', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-4), max: 60000, noNaN: true }), (value) => {
        const [kept] = throughFloat16(Float32Array.of(value));
        expect(Math.abs(kept! - value)).toBeLessThanOrEqual(2 ** -11 * value);
      }),
    );
  });
});

describe('featureChange', () => {
  it('of the same bits is zero', () => {
    fc.assert(
      fc.property(floats, (values) => {
        const nothing = { largest: 0, relative: 0, changed: 0 };
        expect(featureChange(values, values.slice(), values.length)).toEqual(nothing);
      }),
    );
  });

  it('is relative to the length of the image’s own vector', () => {
    const baseline = Float32Array.of(3, 4, 30, 40);
    const values = Float32Array.of(3, 4.5, 30, 40);
    const change = featureChange(values, baseline, 2);
    expect(change).toEqual({ largest: 0.5, relative: 0.1, changed: 0.25 });
    expect(() => featureChange(values, baseline.slice(1), 2)).toThrow(RangeError);
  });
});

describe('features as text', () => {
  it('come back with all their bits', () => {
    fc.assert(
      fc.property(floats, (values) => {
        expect(Buffer.from(fromBase64(toBase64(values)).buffer)).toEqual(
          Buffer.from(values.slice().buffer),
        );
      }),
    );
    // A view into a longer buffer too.
    expect([...fromBase64(toBase64(Float32Array.of(1, 2, 3).subarray(1)))]).toEqual([2, 3]);
  });

  it('are read as rows', () => {
    const { rows, dimension, readBlock } = featuresInMemory(Float32Array.of(1, 2, 3, 4, 5, 6), 2);
    const out = new Float64Array(4);
    readBlock(1, 2, out);
    expect([rows, dimension, ...out]).toEqual([3, 2, 3, 4, 5, 6]);
  });
});
