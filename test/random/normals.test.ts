import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { type NormalSource, normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { expectSameBits } from './bits.ts';
import { referenceNormals } from './normals-reference.ts';

const STEP = 4096;

function reference(count: number, ...key: (string | number)[]): Float64Array {
  const numbers = referenceNormals(stream(...key));
  return Float64Array.from({ length: count }, () => numbers.next().value);
}

function take(source: NormalSource, kind: string, count: number): Float64Array | Float32Array {
  if (kind === 'next') return Float64Array.of(source.next());
  if (kind === 'block') return source.block(count);
  return source.fill(kind === 'narrow' ? new Float32Array(count) : new Float64Array(count));
}

describe('normalSource', () => {
  it('gives the pinned sequence', () => {
    expect([...normalSource(stream('golden', 1)).fill(new Float64Array(6))]).toEqual([
      -1.1452179893297763, -0.3595091678411909, -0.20140875460665372, -0.15307059167825257,
      0.9883183968747519, 0.8261949983391389,
    ]);
    expect(normalSource(stream('golden', 1)).block(1_000_000).at(-1)).toBe(-0.8195526945790316);
  });

  it('gives the bits of the plain reference, at every length about a step', () => {
    const expected = reference(3 * STEP + 5, 'bits');
    for (const count of [0, 1, 2, 3, 4, 5, STEP - 1, STEP, STEP + 1, 2 * STEP, 3 * STEP + 5]) {
      const filled = normalSource(stream('bits')).fill(new Float64Array(count));
      expectSameBits(filled, expected.subarray(0, count));
      expectSameBits(normalSource(stream('bits')).block(count), expected.subarray(0, count));
      const rounded = normalSource(stream('bits')).fill(new Float32Array(count));
      expectSameBits(rounded, Float32Array.from(expected.subarray(0, count)));
    }
  });

  it('gives the bits of the plain reference on every path, the tail included', () => {
    // 100,000 numbers pass some 400 wedges and 5 tails.
    const expected = reference(100_000, 'paths');
    expect(expected.filter((x) => Math.abs(x) > 4.04).length).toBeGreaterThan(2);
    expectSameBits(normalSource(stream('paths')).block(100_000), expected);
  });

  it('gives one sequence, however it is cut into calls', () => {
    const expected = normalSource(stream('cut')).fill(new Float64Array(20_000));
    const rounded = Float32Array.from(expected);
    const call = fc.tuple(
      fc.constantFrom('next', 'fill', 'narrow', 'block'),
      fc.nat({ max: 5000 }),
    );
    fc.assert(
      fc.property(fc.array(call, { maxLength: 4 }), (calls) => {
        const source = normalSource(stream('cut'));
        let at = 0;
        for (const [kind, most] of calls) {
          const count = kind === 'next' ? 1 : most;
          const want = (kind === 'narrow' ? rounded : expected).subarray(at, at + count);
          const got = take(source, kind, count);
          expectSameBits(got, want);
          got.fill(Number.NaN); // the view of a block is the caller's
          at += count;
        }
      }),
    );
  });

  it('grows its memory for a block larger than it', () => {
    const source = normalSource(stream('grow'));
    const expected = normalSource(stream('grow')).fill(new Float64Array(300_003));
    expectSameBits(source.block(3), expected.subarray(0, 3));
    expectSameBits(source.block(300_000), expected.subarray(3));
  });

  it('keeps within its memory when the last number of all is narrowed alone', () => {
    for (let count = 13_200; count < 13_300; count++) {
      const source = normalSource(stream('edge'));
      source.block(2);
      source.block(count);
      expect(source.fill(new Float32Array(1))[0]).not.toBe(0);
    }
  });

  it('gives other numbers for another key', () => {
    const a = normalSource(stream('key', 1)).block(100);
    const b = normalSource(stream('key', 2)).block(100);
    expect(a.some((x) => b.includes(x))).toBe(false);
  });

  it('names a count it cannot give', () => {
    const source = normalSource(stream(1));
    for (const bad of [-1, 1.5, Number.NaN]) expect(() => source.block(bad)).toThrow(StudyError);
  });
});
