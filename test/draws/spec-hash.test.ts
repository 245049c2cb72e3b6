import { describe, expect, it } from 'vitest';
import type { DrawSpec } from '../../src/draws/spec.ts';
import { hashOfSpec } from '../../src/draws/spec-hash.ts';

const spec = (): DrawSpec & { rows: { kind: 'pool'; shift: Float64Array } } => ({
  geometry: {
    dimension: 2,
    offset: Float64Array.of(0.1, 0.2),
    map: { kind: 'identity' },
    whitened: {
      kind: 'dense',
      matrix: { data: Float64Array.of(1, 0, 0.5, 1), rows: 2, columns: 2 },
    },
    traceReference: 2.25,
  },
  rows: { kind: 'pool', path: 'here.npy', rows: 9, shift: Float64Array.of(0.3, 0.4) },
});

describe('hashOfSpec', () => {
  it('is another where the last bit of one number is, and not where the file lies elsewhere', () => {
    const before = hashOfSpec(spec());
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOfSpec({ ...spec(), rows: { ...spec().rows, path: 'there.npy' } })).toBe(before);
    const numbersOf = [
      ({ geometry }: ReturnType<typeof spec>) => geometry.offset,
      ({ geometry: { whitened } }: ReturnType<typeof spec>) =>
        whitened.kind === 'dense' ? whitened.matrix.data : expect.fail(),
      ({ rows }: ReturnType<typeof spec>) => rows.shift,
    ];
    const hashes = numbersOf.map((numbers) => {
      const changed = spec();
      numbers(changed)[1]! += Number.EPSILON;
      return hashOfSpec(changed);
    });
    hashes.push(hashOfSpec({ ...spec(), precision: 'single' }));
    expect(new Set([before, ...hashes]).size).toBe(5);
  });
});
