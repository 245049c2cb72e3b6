import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from '../../src/provenance/differences.ts';
import { effectKinds, effectOf } from '../../src/provenance/effects.ts';

const results = fileURLToPath(new URL('../../results', import.meta.url));
const manifests = readdirSync(results, { encoding: 'utf8', recursive: true })
  .filter((name) => name.endsWith('manifest.json'))
  .map((name) => ({ name, json: JSON.parse(readFileSync(join(results, name), 'utf8')) }));
const manifest = manifests.find(({ name }) => name.startsWith('cifar10-cfm'))!.json;
const changed = (change: (copy: typeof manifest) => void) => {
  const copy = structuredClone(manifest);
  change(copy);
  return differences(manifest, copy);
};

/** Places of all values of a manifest; a list is one value. */
function places(json: unknown, path = ''): string[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return [path];
  return Object.entries(json).flatMap(([name, value]) =>
    places(value, path === '' ? name : `${path}.${name}`),
  );
}

/** A side whose features are of some images, extracted in some way. */
const side = (features: string, images: string, batchSize = 32) => ({
  path: 'p',
  sha256: features,
  rows: 10,
  model: 'm',
  mode: 'clean',
  comparable: true,
  extracted: {
    images: { sha256: images, count: 10 },
    extraction: { provider: 'cpu', batchSize, threads: 2 },
    environment: { cpu: 'c', instructions: ['avx2'], libraries: { sharp: '1' } },
  },
});
const ofSides = (a: object, b: object) =>
  differences({ inputs: { reference: a } }, { inputs: { reference: b } }).map(
    ({ path, effect }) => [path.replace('inputs.reference.', ''), effect.kind],
  );

describe('differences', () => {
  it('are none between a manifest and itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(differences(json, json)).toEqual([]);
      }),
    );
    for (const { json } of manifests) expect(differences(json, structuredClone(json))).toEqual([]);
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

  it('tell other images from the same images extracted in another way', () => {
    expect(ofSides(side('f', 'i'), side('g', 'i', 1))).toEqual([
      ['extracted.extraction.batchSize', 'rounding'],
      ['sha256', 'result'],
    ]);
    expect(ofSides(side('f', 'i'), side('g', 'j'))).toEqual([
      ['extracted.images.sha256', 'other data'],
      ['sha256', 'result'],
    ]);
    // A bare .npy does not say.
    const { extracted: _, ...bare } = side('g', '');
    expect(ofSides(side('f', 'i'), bare)).toEqual([
      ['sha256', 'unknown'],
      ['extracted', 'unknown'],
    ]);
  });

  it('take amounts of extraction only from where something was extracted', () => {
    const factorOf = (manifest: object) => {
      const other = { ...manifest, environment: { cpu: 'other' } };
      const [{ effect }] = differences({ ...manifest, environment: { cpu: 'one' } }, other) as [
        ReturnType<typeof differences>[number],
      ];
      return [effect.kind, effect.factor, effect.seen];
    };
    const hidden = ['rounding', 'instructions', 'with AVX hidden on one CPU'];
    expect(factorOf({ extraction: { threads: 1 } })).toEqual(hidden);
    expect(factorOf({ baseline: { threads: 1 } })).toEqual(hidden);
    expect(factorOf({ settings: {} })).toEqual(['rounding', undefined, undefined]);
    // Of a side's features, wherever they are used.
    const other = side('f', 'i');
    other.extracted.environment.cpu = 'd';
    const found = differences({ inputs: { pool: side('f', 'i') } }, { inputs: { pool: other } });
    expect(found.map(({ effect }) => effect.factor)).toEqual(['instructions']);
  });
});

describe('effectOf', () => {
  it.each(manifests.map(({ name, json }) => [name, json] as const))(
    'knows all of %s',
    (_, json) => {
      const strange = places(json).filter((path) => /not known/.test(effectOf(path).reason));
      expect(strange).toEqual([]);
    },
  );

  it.each([
    [
      'incomparable',
      ['study', 'settings.model', 'settings.extraction.model', 'inputs.model.sha256'],
    ],
    ['incomparable', ['inputs.clean.reference.mode', 'inputs.blur:0.33.generated.comparable']],
    ['other data', ['settings.train.images', 'settings.test.glob', 'settings.mechanisms']],
    ['other data', ['settings.tails', 'settings.exponents', 'settings.worse', 'settings.source']],
    ['other data', ['settings.corrupted.corruptions', 'settings.corruption', 'settings.pool.glob']],
    ['other data', ['inputs.images.sha256', 'inputs.surrogate.reference.trace', 'report.fidTo']],
    ['other data', ['inputs.train against test.reference.extracted.images.sha256']],
    ['sampling', ['settings.draws', 'settings.repetitions', 'settings.sampling_seeds']],
    ['sampling', ['settings.bias_sizes', 'settings.reference_sizes', 'settings.corrupted.limit']],
    ['sampling', ['settings.corrupted.seed', 'settings.corrupted.sizes', 'settings.train.limit']],
    ['sampling', ['settings.extraction.limit', 'settings.limit', 'settings.kid.block']],
    [
      'rounding',
      ['extraction.provider', 'extraction.tf32', 'inputs.pool.extracted.extraction.threads'],
    ],
    ['rounding', ['inputs.pool.extracted.environment.instructions', 'precision']],
    ['unknown', ['environment.libraries.onnxruntime-node']],
    ['unknown', ['environment.libraries.seedrandom', 'environment.libraries.sharp']],
    ['unknown', ['inputs.reference.sha256', 'inputs.jpeg:30.generated.sha256']],
    ['result', ['fid_infinity.constant.value', 'kid.se', 'plug_in', 'constant.gaussian']],
    ['other data', ['reference.sha256', 'generated.rows', 'images.origin.seed']],
    ['incomparable', ['reference.extractor', 'generated.dimension']],
    ['result', ['summary', 'features.sha256', 'errors.worst', 'baseline.measures.fid']],
    ['none', ['settings.timings', 'settings.grids', 'settings.extraction.networks']],
    ['none', ['inputs.surrogate.description', 'inputs.pool.path', 'environment.libraries.vega']],
  ] as const)('is %s of %j', (kind, paths) => {
    expect(paths.map((path) => [path, effectOf(path).kind])).toEqual(
      paths.map((path) => [path, kind]),
    );
  });
});
