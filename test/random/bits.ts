import { expect } from 'vitest';

/** Bitwise equality of two arrays; `toEqual` takes microseconds a number. */
export function expectSameBits(
  got: Float64Array | Float32Array,
  expected: Float64Array | Float32Array,
): void {
  const bytes = (a: ArrayBufferView) => Buffer.from(a.buffer, a.byteOffset, a.byteLength);
  expect(got.constructor).toBe(expected.constructor);
  expect(got.length).toBe(expected.length);
  if (bytes(got).equals(bytes(expected))) return;
  const at = got.findIndex((x: number, i: number) => !Object.is(x, expected[i]));
  expect({ at, value: got[at] }).toEqual({ at, value: expected[at] });
}
