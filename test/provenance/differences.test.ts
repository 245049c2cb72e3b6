import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, effectKinds } from '../../src/provenance/differences.ts';

const manifest = JSON.parse(
  readFileSync(
    fileURLToPath(new URL('../../results/cifar10-cfm/manifest.json', import.meta.url)),
    'utf8',
  ),
);
const changed = (change: (copy: typeof manifest) => void) => {
  const copy = structuredClone(manifest);
  change(copy);
  return differences(manifest, copy);
};

describe('differences', () => {
  it('are none between a manifest and itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(differences(json, json)).toEqual([]);
      }),
    );
    expect(differences(manifest, structuredClone(manifest))).toEqual([]);
  });

  it.each([
    ['environment.cpu', 'rounding', (m: typeof manifest) => (m.environment.cpu = 'other')],
    ['environment.node', 'none', (m: typeof manifest) => (m.environment.node = '99.0.0')],
    ['settings.seeds', 'sampling', (m: typeof manifest) => (m.settings.seeds = [1])],
    ['settings.sizes', 'sampling', (m: typeof manifest) => (m.settings.sizes = [7])],
    ['command', 'none', (m: typeof manifest) => (m.command = ['x'])],
    ['invented', 'unknown', (m: typeof manifest) => (m.invented = 1)],
  ])('know what %s can do: %s', (path, kind, change) => {
    const [difference, ...others] = changed(change);
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ path, effect: { kind } });
    expect(difference!.a).not.toEqual(difference!.b);
  });

  it('are the same seen from the other side, and the gravest first', () => {
    const other = structuredClone(manifest);
    other.environment.cpu = 'other';
    other.command = ['x'];
    other.model = { sha256: '0' };
    const [there, back] = [differences(manifest, other), differences(other, manifest)];
    expect(back.map(({ path }) => path).sort()).toEqual(there.map(({ path }) => path).sort());
    const ranks = there.map(({ effect }) => effectKinds.indexOf(effect.kind));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(there[0]).toMatchObject({ path: 'model', effect: { kind: 'incomparable' } });
  });
});
