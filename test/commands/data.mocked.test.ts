import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dataCommand } from '../../src/commands/data.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { extract } from '../../src/embeddings/extract-images.ts';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { give, webServer } from '../downloads/web-server.ts';
import { tinyFeatures, tinyModel } from '../embeddings/tiny-extractor.ts';
import { tinyArchive, tinyBatch, tinyDataset } from '../images/datasets/tiny.ts';
import { withEmptyCache } from '../models/pulled.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const web = await webServer();
const archive = tinyArchive();
const dataset = tinyDataset(`${web.url}/cifar-10-binary.tar.gz`);
const sha256 = Buffer.from(dataset.source.digest.base64, 'base64').toString('hex');
const file = join(folder, 'archive.tar.gz');
const model = tinyModel(join(folder, 'tiny.onnx'));
writeFileSync(file, archive);

// The real archive is out of a test's reach: here the name is that of a synthetic one of the same
// form, with its own hashes.
vi.mock('../../src/images/datasets/cifar10.ts', () => ({
  get datasets() {
    return [dataset];
  },
}));

beforeEach(() => {
  web.asked.length = 0;
  web.answer = give(archive);
  vi.stubEnv('HTTP_PROXY', undefined);
  vi.stubEnv('http_proxy', undefined);
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

const study = (...args: string[]) => runCommand(dataCommand(), args);

describe('study data', () => {
  it('pulls an archive, names its splits, and pulls it once', () =>
    withEmptyCache(async (cache) => {
      expect((await study('list'))[0]).toBe('cifar10  [not pulled]  cifar10:train, cifar10:test');
      expect(await study('pull', 'cifar10')).toEqual([
        `cifar10:train and cifar10:test are in ${join(cache, 'data', 'cifar10')}`,
      ]);
      expect((await study('list'))[0]).toMatch(/^cifar10 {2}\[pulled\]/);
      await study('pull', 'cifar10');
      expect(web.asked).toEqual(['/cifar-10-binary.tar.gz']);
      const [path] = await study('path', 'cifar10:test');
      expect(readFileSync(join(path!, 'test_batch.bin')).equals(tinyBatch(3, 90))).toBe(true);
      expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
    }));

  it('goes on where an earlier download broke off', () =>
    withEmptyCache(async (cache) => {
      mkdirSync(join(cache, 'downloads'));
      writeFileSync(join(cache, 'downloads', sha256), archive.subarray(0, 1000));
      await study('pull', 'cifar10');
      expect(web.asked).toEqual(['/cifar-10-binary.tar.gz bytes=1000-']);
    }));

  it('names the URL, the sha256 and --from where the archive is out of reach', () =>
    withEmptyCache(async () => {
      web.answer = (_, response) => response.writeHead(503).end();
      await expect(study('pull', 'cifar10')).rejects.toMatchObject({
        name: 'StudyError',
        message: expect.stringMatching(/^cannot download the images of cifar10: .*HTTP 503/),
        hint: expect.stringMatching(
          new RegExp(`${web.url}.*${sha256}.*study data pull cifar10 --from FILE`),
        ),
      });
    }));

  it('takes a local copy, and refuses another file and a cut one', () =>
    withEmptyCache(async (cache) => {
      const wrong = join(folder, 'wrong.tar.gz');
      writeFileSync(wrong, archive.subarray(0, 1000));
      await expect(study('pull', 'cifar10', '--from', wrong)).rejects.toMatchObject({
        message: expect.stringMatching(/is not the expected file: 1000 bytes, not \d+; sha256 /),
        hint: expect.stringContaining('study data pull cifar10 --from FILE'),
      });
      await expect(study('pull', 'cifar10', '--from', 'no.tgz')).rejects.toThrow('cannot read');
      expect(existsSync(join(cache, 'data'))).toBe(false);
      await study('pull', 'cifar10', '--from', file);
      expect((await study('list'))[0]).toMatch(/^cifar10 {2}\[pulled\]/);
      expect(web.asked).toEqual([]);
    }));

  it('leaves what another process has downloaded where a local copy is taken', () =>
    withEmptyCache(async (cache) => {
      mkdirSync(join(cache, 'downloads'));
      writeFileSync(join(cache, 'downloads', sha256), archive.subarray(0, 1000));
      await study('pull', 'cifar10', '--from', file);
      expect(readFileSync(join(cache, 'downloads', sha256))).toHaveLength(1000);
    }));

  it('tells a damaged batch from a whole one, and pulls it anew', () =>
    withEmptyCache(async (cache) => {
      await study('pull', 'cifar10', '--from', file);
      const batch = join(cache, 'data', 'cifar10', 'train', 'data_batch_3.bin');
      writeFileSync(batch, tinyBatch(4, 31));
      expect((await study('list'))[0]).toMatch(/^cifar10 {2}\[damaged: pull again\]/);
      await expect(openImages('cifar10:train')).rejects.toMatchObject({
        message: 'data set cifar10 is damaged in the cache folder',
        hint: 'run: study data pull cifar10',
      });
      await (await openImages('cifar10:test')).close();
      await study('pull', 'cifar10', '--from', file);
      await (await openImages('cifar10:train')).close();
    }));

  it('refuses names that it does not know, with those that it does', () =>
    withEmptyCache(async () => {
      await expect(study('pull', 'mnist')).rejects.toMatchObject({
        message: 'unknown data set: mnist',
        hint: 'known data sets: cifar10',
      });
      await expect(study('path', 'mnist:test')).rejects.toThrow('unknown split: mnist:test');
      const hint = 'name one: cifar10:train, cifar10:test';
      await expect(openImages('cifar10:val')).rejects.toMatchObject({
        message: "cifar10 has no split 'val'",
        hint,
      });
      await expect(openImages('cifar10')).rejects.toMatchObject({
        message: 'cifar10 has several splits',
        hint,
      });
      await expect(openImages('cifar10:test')).rejects.toMatchObject({
        message: 'data set cifar10 has not been pulled',
        hint: 'run: study data pull cifar10',
      });
      await expect(openImages('cifar10:constructor')).rejects.toThrow('no split');
    }));
});

describe('cifar10:train', () => {
  it('is images wherever images are accepted, in the order of the batches', () =>
    withEmptyCache(async () => {
      await study('pull', 'cifar10', '--from', file);
      const source = await openImages('cifar10:train', { limit: 5 });
      expect(source).toMatchObject({ path: 'cifar10:train' });
      expect(source.names).toEqual([
        ...[0, 1, 2, 3].map((i) => `data_batch_1/00000${i}`),
        'data_batch_2/000000',
      ]);
      await source.close();

      const { embeddings: set, manifest } = await extract('cifar10:train', { model });
      expect(set).toMatchObject({ rows: 20, dimension: 5 });
      expect(manifest.images.path).toBe('cifar10:train');
      const row = new Float64Array(5);
      set.readRows(Uint32Array.of(4), row);
      set.close();
      const planes = tinyBatch(1, 20).subarray(1);
      const rgb = Uint8Array.from(
        { length: 3072 },
        (_, i) => planes[(i % 3) * 1024 + ((i / 3) | 0)]!,
      );
      for (const [i, value] of tinyFeatures(rgb).entries()) expect(row[i]).toBeCloseTo(value, 5);
    }));

  it('is its own batches, whatever else lies in its folder', () =>
    withEmptyCache(async (cache) => {
      await study('pull', 'cifar10', '--from', file);
      const train = join(cache, 'data', 'cifar10', 'train');
      writeFileSync(join(train, 'a_stray.bin'), tinyBatch(2, 0));
      mkdirSync(join(train, 'below'));
      writeFileSync(join(train, 'below', 'another.bin'), tinyBatch(1, 0));
      const source = await openImages('cifar10:train');
      expect(source.names).toHaveLength(20);
      expect(source.names[0]).toBe('data_batch_1/000000');
      await source.close();
    }));

  it('goes into fid, stats and sweep', () =>
    withEmptyCache(async () => {
      await study('pull', 'cifar10', '--from', file);
      const sides = ['cifar10:train', 'cifar10:test', '--model', model];
      const { reference, generated } = JSON.parse(
        (await runCommand(fidCommand(), [...sides, '--json'])).join('\n'),
      );
      expect(reference).toMatchObject({ path: 'cifar10:train', rows: 20 });
      expect(generated).toMatchObject({ path: 'cifar10:test', rows: 3 });

      const out = join(folder, 'train.npz');
      const lines = await runCommand(statsCommand(), [
        'cifar10:train',
        '--model',
        model,
        '--out',
        out,
      ]);
      expect(lines[0]).toBe('mean and covariance of 20 images, d = 5, tiny (as-is)');

      const runs = join(folder, 'sweep');
      mkdirSync(runs);
      await runCommand(sweepCommand(), [
        '--reference',
        out,
        '--generated',
        'cifar10:train',
        '--model',
        model,
        '--sizes',
        '8,16',
        '--seeds',
        '2',
        '--workers',
        '1',
        '--out',
        runs,
      ]);
      const { inputs } = JSON.parse(readFileSync(join(runs, 'manifest.json'), 'utf8'));
      expect(JSON.stringify(inputs)).toContain('cifar10:train');
      expect(readFileSync(join(runs, 'estimates.csv'), 'utf8')).toMatch(/\ncifar10-train,/);
    }));
});
