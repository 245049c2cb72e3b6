import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { cachedReference } from '../../src/sides/reference-cache.ts';
import { referenceOfSide, type StatisticsSide } from '../../src/sides/side.ts';

let code = 'this';
let probe = 'these';
vi.mock('../../src/provenance/code-hash.ts', () => ({ drawCodeHash: () => code }));
vi.mock('../../src/linalg/probe.ts', () => ({ roundingProbe: async () => probe }));

const side = (scale: number): StatisticsSide => ({
  kind: 'statistics',
  path: 'stats.npz',
  dimension: 3,
  rows: null,
  extractor: null,
  sha256: String(scale).padStart(64, '0'),
  statistics: {
    mean: Float64Array.of(1, 2, 3),
    covariance: Float64Array.of(4, 1, 0, 1, 3, 0.5, 0, 0.5, 2).map((value) => value * scale),
  },
  close() {},
});

describe('the cache of factored references', () => {
  let folder: string;
  const before = process.env.STUDY_CACHE;
  const files = () =>
    readdirSync(join(folder, 'references')).map((name) => join(folder, 'references', name));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'references-'));
    process.env.STUDY_CACHE = folder;
  });

  afterEach(() => {
    if (before === undefined) delete process.env.STUDY_CACHE;
    else process.env.STUDY_CACHE = before;
    rmSync(folder, { recursive: true });
  });

  it('gives the same bits as the computation, the first time and the next', async () => {
    const direct = await referenceOfSide(side(1), sharedAlgebra());
    expect(await cachedReference(side(1), sharedAlgebra())).toEqual(direct);
    const [file] = files();
    expect(file).toBeDefined();
    const failing = { ...sharedAlgebra(), semidefiniteFactor: () => expect.fail('computed again') };
    expect(await cachedReference(side(1), failing)).toEqual(direct);
  });

  it('tells references apart by their content', async () => {
    const one = await cachedReference(side(1), sharedAlgebra());
    const two = await cachedReference(side(2), sharedAlgebra());
    expect(two.trace).toBe(2 * one.trace);
    expect(files()).toHaveLength(2);
  });

  it.each(['code', 'a machine that rounds otherwise'])(
    'computes again what other %s has left',
    async (what) => {
      await cachedReference(side(1), sharedAlgebra());
      if (what === 'code') code = 'other';
      else probe = 'those';
      let computed = 0;
      const { semidefiniteFactor } = sharedAlgebra();
      const counting = {
        ...sharedAlgebra(),
        semidefiniteFactor(...matrix: Parameters<typeof semidefiniteFactor>) {
          computed++;
          return semidefiniteFactor(...matrix);
        },
      };
      await cachedReference(side(1), counting);
      await cachedReference(side(1), counting);
      expect(computed).toBe(1);
      expect(files()).toHaveLength(2);
    },
  );

  it('computes again what was damaged on disk', async () => {
    const direct = await cachedReference(side(1), sharedAlgebra());
    const [file] = files();
    const bytes = readFileSync(file!);
    bytes[bytes.length >> 1]! ^= 0x40;
    writeFileSync(file!, bytes);
    expect(await cachedReference(side(1), sharedAlgebra())).toEqual(direct);
    writeFileSync(file!, bytes.subarray(0, 100));
    expect(await cachedReference(side(1), sharedAlgebra())).toEqual(direct);
  });

  it('does without a cache that cannot be written', async () => {
    process.env.STUDY_CACHE = join(folder, 'file');
    writeFileSync(process.env.STUDY_CACHE, '');
    expect((await cachedReference(side(1), sharedAlgebra())).trace).toBe(9);
  });
});
