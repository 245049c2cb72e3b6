import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { kindOf } from '../../src/sides/kind-of.ts';
import { openSide } from '../../src/sides/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writeCacheFolder } from '../commands/sets.ts';
import { tinyBatch } from '../images/datasets/tiny.ts';
import { picture, png, writeZip } from '../images/sources.ts';
import { writePool } from '../metrics/feature-pools.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const torch = fileURLToPath(new URL('../torch/fixtures/features.pt', import.meta.url));
const mu = { shape: [2], values: new Float64Array(2) };
const sigma = { shape: [2, 2], values: Float64Array.of(1, 0, 0, 1) };
const results = JSON.stringify({ format: 'fid-study sweep 1', environment: { study: '0.1.0' } });

beforeAll(async () => {
  const image = await png(picture(1));
  await writeZip(at('images.zip'), { 'a/1.png': image, 'notes.txt': Buffer.from('x') });
  await writeNpz(at('statistics.npz'), { mu, sigma });
  await writePool(folder, 4, 2, 'rows');
  writeFileSync(at('batch.bin'), tinyBatch(2, 0));
  for (const name of ['images', 'foreign', 'results', 'torn', 'plain', 'mixed']) {
    mkdirSync(at(name, 'below'), { recursive: true });
  }
  for (const name of ['images', 'foreign', 'results', 'mixed']) {
    writeFileSync(at(name, 'below', '1.png'), image);
  }
  writeFileSync(at('foreign', 'manifest.json'), '{ "files": 1 }');
  writeFileSync(at('results', 'manifest.json'), results);
  writeFileSync(at('torn', 'manifest.json'), '{');
  for (const name of ['torn', 'plain', 'mixed']) {
    copyFileSync(at('rows.npy'), at(name, 'features.npy'));
  }
  await writeCacheFolder(at('features'), 3, 2);
});

describe('kindOf', () => {
  it('knows a file by its content, whatever a link to it or a copy is called', async () => {
    for (const [name, kind] of [
      ['images.zip', 'images'],
      ['statistics.npz', 'statistics'],
      ['rows.npy', 'features'],
      [torch, 'features'],
    ] as const) {
      const file = name === torch ? torch : at(name);
      expect(await kindOf(file)).toMatchObject({ kind, path: file });
      const [link, copy] = [at(`link-${kind}`), at(`copy-${kind}.data`)];
      symlinkSync(file, link);
      copyFileSync(file, copy);
      expect(await kindOf(link)).toMatchObject({ kind, path: link });
      expect(await kindOf(copy)).toMatchObject({ kind, path: copy });
      for (const path of [link, copy]) rmSync(path);
    }
  });

  it('knows a CIFAR-10 batch, whose bytes do not tell, by the name that a link leads to', async () => {
    symlinkSync(at('batch.bin'), at('batch'));
    expect(await kindOf(at('batch'))).toMatchObject({ kind: 'images' });
  });

  it('takes a folder for what the manifest in it says, and another tool’s for none', async () => {
    expect(await kindOf(at('features'))).toMatchObject({ kind: 'features', notes: [] });
    expect(await kindOf(at('images'))).toMatchObject({ kind: 'images' });
    expect(await kindOf(at('foreign'))).toMatchObject({ kind: 'images' });
    await expect(kindOf(at('results'))).rejects.toMatchObject({
      message: `${at('results')} is a folder of results: manifest.json says so`,
      hint: expect.stringContaining('give features or images'),
    });
    await expect(openSide(at('torn'))).rejects.toThrow('manifest.json is not JSON');
  });

  it('says which was taken where a folder holds both images and features', async () => {
    writeFileSync(at('features', '7.png'), await png(picture(7)));
    writeFileSync(at('features', '8.png'), await png(picture(8)));
    const side = await openSide(at('features'));
    side.close();
    expect(side).toMatchObject({ kind: 'features', rows: 3 });
    expect(side.notes).toEqual([
      expect.stringMatching(
        /features holds 2 images too: its features are used\. To use the images, move/,
      ),
    ]);
    rmSync(at('features', '7.png'));
    rmSync(at('features', '8.png'));
  });

  it('asks for the file where features lie in a folder without a manifest', async () => {
    await expect(kindOf(at('plain'))).rejects.toMatchObject({
      message: `${at('plain')} has features.npy, but no manifest.json`,
      hint: `give ${at('plain', 'features.npy')}`,
    });
    expect(await kindOf(at('mixed'))).toMatchObject({
      kind: 'images',
      notes: [expect.stringContaining('its images are used')],
    });
  });

  it('refuses what it does not know, naming what there is', async () => {
    writeFileSync(at('data.pages'), 'text');
    await expect(kindOf(at('data.pages'))).rejects.toMatchObject({
      name: 'StudyError',
      message: `unknown format: ${at('data.pages')}`,
      hint: expect.stringContaining('an array [N, d] in an .npz'),
    });
    await writeZip(at('texts.zip'), { 'a.txt': Buffer.from('x') });
    await expect(openSide(at('texts.zip'), { model: 'none' })).rejects.toThrow('no images in');
    await writeNpz(at('labels.npz'), { labels: mu });
    await expect(kindOf(at('labels.npz'))).rejects.toThrow(
      'neither statistics, features nor images',
    );
    writeFileSync(at('broken.zip'), 'PK');
    await expect(kindOf(at('broken.zip'))).rejects.toThrow('cannot read the zip');
    await expect(kindOf(at('none'))).rejects.toThrow('no such file or folder');
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    await expect(kindOf(at('pipe'))).rejects.toThrow('is neither a file nor a folder');
  });
});
