import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256Of } from '../../src/arrays/sha256.ts';
import { modelsCommand } from '../../src/commands/models.ts';
import { clipModel } from '../../src/models/clip.ts';
import { dinov2Model } from '../../src/models/dinov2.ts';
import { buildModels } from '../../src/models/pull.ts';
import { inspectModel, modelPath } from '../../src/models/store.ts';
import { hub } from '../downloads/hub.ts';
import { webServer } from '../downloads/web-server.ts';
import { clipShapes, dinov2Shapes, hashedFile, smallClip, smallDinov2 } from './hashed-vit.ts';
import { withEmptyCache } from './pulled.ts';

const web = await webServer();
const repository = 'us/small';
const address = `/${repository}/resolve/main/model.safetensors`;
const description = 'a small one';
const model = dinov2Model({ name: 'small-dinov2', description, repository, shape: smallDinov2 });
const weights = hashedFile(dinov2Shapes(smallDinov2));
const sha256 = sha256Of(weights);
const note = (name: string) =>
  JSON.parse(readFileSync(modelPath(name).replace(/onnx$/, 'json'), 'utf8'));

beforeEach(() => {
  web.asked.length = 0;
  web.answer = hub(address, weights, {});
  vi.stubEnv('HF_ENDPOINT', web.url);
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a model of weights on the hub', () => {
  it('is built of the checked file, once, and its sha256 is shown and recorded', () =>
    withEmptyCache(async () => {
      const steps: string[] = [];
      const onStep = (step: string) => steps.push(step);
      expect(await inspectModel(model)).toEqual({ state: 'absent' });
      await buildModels([model], { onStep });
      expect(steps[0]).toBe('licence of the weights: Apache-2.0');
      expect(steps).toContain(`${weights.length} bytes, sha256 ${sha256} as the hub states it`);
      const base64 = Buffer.from(sha256, 'hex').toString('base64');
      expect(note('small-dinov2')).toMatchObject({
        source: `the weights of small-dinov2 from ${web.url}${address}`,
        digest: `sha256-${base64}`,
        checked: 'hub',
        licence: 'Apache-2.0',
      });
      expect(await inspectModel(model)).toMatchObject({ state: 'ready', weights: sha256 });
      web.asked.length = 0;
      await buildModels([model], { onStep, sha256 });
      expect(steps.at(-1)).toBe('already pulled, and its checksum is right');
      expect(web.asked).toEqual([]);
    }));

  it('is asked for again where --sha256 names other weights, and stays as it was', () =>
    withEmptyCache(async () => {
      await buildModels([model]);
      await expect(buildModels([model], { sha256: 'ab'.repeat(32) })).rejects.toThrow(
        'the hub has another file than --sha256 names',
      );
      expect(await inspectModel(model)).toMatchObject({ state: 'ready', weights: sha256 });
    }));

  it('is built of a local copy, and of no other network', () =>
    withEmptyCache(async (cache) => {
      const small = clipModel({ name: 'small-clip', description, repository, shape: smallClip });
      const from = join(cache, 'clip.safetensors');
      writeFileSync(from, hashedFile(clipShapes(smallClip)));
      await buildModels([small], { from });
      expect(note('small-clip')).toMatchObject({ checked: 'none', licence: 'MIT' });
      await expect(buildModels([model], { from })).rejects.toThrow(
        'tensor embeddings.patch_embeddings.projection.weight is missing in',
      );
      expect(await inspectModel(model)).toEqual({ state: 'absent' });
      expect(web.asked).toEqual([]);
    }));
});

describe('study models', () => {
  const study = async (...args: string[]) => {
    const out = vi.spyOn(console, 'log').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await modelsCommand().exitOverride().parseAsync(args, { from: 'user' });
    return out.mock.calls.map(([line]) => String(line));
  };

  it('lists the networks with their licences', () =>
    withEmptyCache(async () => {
      const lines = (await study('list')).join('\n');
      for (const line of [
        'dinov2-vit-l-14  [not pulled]  1024 features, pillow-bicubic-224, Apache-2.0',
        'dinov2-vit-b-14  [not pulled]  768 features, pillow-bicubic-224, Apache-2.0',
        'clip-vit-l-14-336  [not pulled]  768 features, square-pillow-bicubic-336, MIT',
      ]) {
        expect(lines).toContain(line);
      }
    }));

  it('asks the hub for the weights by their names there', () =>
    withEmptyCache(async () => {
      for (const [name, there] of [
        ['dinov2-vit-l-14', 'facebook/dinov2-large'],
        ['dinov2-vit-b-14', 'facebook/dinov2-base'],
        ['clip-vit-l-14-336', 'openai/clip-vit-large-patch14-336'],
      ] as const) {
        web.asked.length = 0;
        await expect(study('pull', name)).rejects.toThrow('HTTP 404');
        expect(web.asked).toEqual([`/${there}/resolve/main/model.safetensors`]);
      }
    }));

  it('refuses a --sha256 that is none, and other weights under a name', () =>
    withEmptyCache(async () => {
      await expect(study('pull', 'dinov2-vit-b-14', '--sha256', 'abc')).rejects.toThrow(
        'invalid --sha256; not 64 hexadecimal digits: abc',
      );
      const own = ['--as', 'mine', '--from', 'x', '--sha256', sha256];
      await expect(study('pull', 'dinov2-vit-b-14', ...own)).rejects.toThrow(
        'model dinov2-vit-b-14 does not take your own weights',
      );
    }));
});
