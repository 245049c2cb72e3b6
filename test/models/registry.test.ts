import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelNames } from '../../src/models/names.ts';
import { isModelName, ownModels, rememberOwnWeights } from '../../src/models/own-weights.ts';
import { findModel, findModels, knownModels, models } from '../../src/models/registry.ts';
import { modelPath } from '../../src/models/store.ts';
import { withEmptyCache } from './pulled.ts';

const sha256 = 'ab'.repeat(32);

describe('the registry', () => {
  it('has the models whose names every help prints, in that order', () => {
    expect([...new Set(models.map(({ name }) => name))]).toEqual(modelNames);
  });

  it('has a model of each name and mode once, in a file of its own', () => {
    const files = models.map(({ name, file }) => modelPath(name, file));
    expect(new Set(files).size).toBe(models.length);
    expect(new Set(models.map(({ name, mode }) => `${name} ${mode}`)).size).toBe(models.length);
  });

  it('takes legacy_tensorflow of fid-inception by default', () =>
    withEmptyCache(async () => {
      expect(await findModel('fid-inception')).toMatchObject({
        mode: 'legacy_tensorflow',
        comparable: true,
      });
      expect((await findModel('fid-inception', 'clean')).mode).toBe('clean');
    }));

  it('names the modes that there are', () =>
    withEmptyCache(async () => {
      await expect(findModel('fid-inception', 'cleaner')).rejects.toMatchObject({
        message: 'model fid-inception has no mode cleaner',
        hint: 'its modes: legacy_tensorflow, legacy_pytorch, clean',
      });
      await expect(findModel('nsfw-inception-v3', 'clean')).rejects.toThrow('has no mode clean');
    }));

  it('knows own weights by the note in their folder, and never as comparable', () =>
    withEmptyCache(async () => {
      await rememberOwnWeights('mine', sha256);
      const own = await findModels('mine');
      expect(own.map(({ mode, comparable }) => [mode, comparable])).toEqual([
        ['legacy_tensorflow', false],
        ['legacy_pytorch', false],
        ['clean', false],
      ]);
      const [{ source }] = ownModels('mine', sha256) as [ReturnType<typeof ownModels>[number]];
      expect(own[0]).toMatchObject({ source: { digest: source.digest } });
      expect(Buffer.from(source.digest.base64, 'base64').toString('hex')).toBe(sha256);
      await expect(source.fetch()).rejects.toThrow('are your own');
    }));

  it('lets no note in the cache folder stand in for a built-in model, or break the list', () =>
    withEmptyCache(async (cache) => {
      await rememberOwnWeights('fid-inception', sha256);
      const broken = join(cache, 'models', 'broken');
      mkdirSync(broken, { recursive: true });
      writeFileSync(join(broken, 'weights.json'), '{"format": "fid-study weights 1"');
      const known = await knownModels();
      expect([...known.keys()]).toEqual(modelNames);
      expect(known.get('fid-inception')?.every(({ comparable }) => comparable)).toBe(true);
    }));

  it.each(['..', '.', 'a/b', 'a\\b', '-a', '', 'A', 'a b', 'a.', 'a'.repeat(65), 'ü'])(
    'takes %j for no name',
    (name) => expect(isModelName(name)).toBe(false),
  );
});
