import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/models/model.ts';
import { nsfwInceptionV3 } from '../../src/models/nsfw-inception-v3.ts';
import { inspectModel, modelPath, storeModel } from '../../src/models/store.ts';
import { withEmptyCache } from './pulled.ts';

const model: Model = { ...nsfwInceptionV3, name: 'small' };
const onnx = Uint8Array.of(1, 2, 3);
const state = async (of = model) => (await inspectModel(of)).state;

describe('storeModel', () => {
  it('keeps the file and a note of what it is, and nothing else', () =>
    withEmptyCache(async (folder) => {
      expect(await state()).toBe('absent');
      await storeModel(model, onnx);
      expect(await inspectModel(model)).toEqual({
        state: 'ready',
        sha256: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81',
      });
      expect(modelPath('small')).toBe(join(folder, 'models', 'small', 'small.onnx'));
      expect(readdirSync(dirname(modelPath('small'))).sort()).toEqual(['small.json', 'small.onnx']);
      const note = readFileSync(modelPath('small').replace('.onnx', '.json'), 'utf8');
      expect(JSON.parse(note)).toMatchObject({
        source: 'nsfwjs@4.4.0 with npm pack',
        digest: `sha512-${nsfwInceptionV3.source.digest.base64}`,
        licence: 'MIT',
      });
    }));

  it('says where to write instead, when the cache folder is a file', () =>
    withEmptyCache(async (folder) => {
      writeFileSync(join(folder, 'models'), '');
      expect(await state()).toBe('absent');
      await expect(storeModel(model, onnx)).rejects.toMatchObject({
        name: 'StudyError',
        hint: expect.stringContaining('STUDY_CACHE'),
      });
    }));

  it('leaves no half-written file when the file cannot be put into place', () =>
    withEmptyCache(async () => {
      mkdirSync(join(modelPath('small'), 'in the way'), { recursive: true });
      await expect(storeModel(model, onnx)).rejects.toThrow('cannot write');
      expect(readdirSync(dirname(modelPath('small')))).toEqual(['small.onnx']);
    }));
});

describe('inspectModel', () => {
  it('sees a changed byte, a cut, a lost file and a broken note', () =>
    withEmptyCache(async () => {
      const path = modelPath('small');
      for (const damage of [
        () => writeFileSync(path, Uint8Array.of(1, 2, 4)),
        () => writeFileSync(path, onnx.subarray(0, 2)),
        () => rmSync(path),
        () => writeFileSync(path.replace('.onnx', '.json'), '{"model": "small"'),
      ]) {
        await storeModel(model, onnx);
        expect(await state()).toBe('ready');
        damage();
        expect(await state()).toBe('damaged');
      }
    }));

  it('takes a file of another recipe or another source for stale', () =>
    withEmptyCache(async () => {
      await storeModel(model, onnx);
      expect(await state({ ...model, recipe: model.recipe + 1 })).toBe('stale');
      const digest = { algorithm: 'sha512', base64: 'AAAA' } as const;
      expect(await state({ ...model, source: { ...model.source, digest } })).toBe('stale');
    }));
});
