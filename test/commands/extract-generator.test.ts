import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { extractCommand } from '../../src/commands/extract.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { extract } from '../../src/embeddings/extract-images.ts';
import { readManifest } from '../../src/embeddings/manifest.ts';
import { StudyError } from '../../src/errors.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyExtractor, tinyModel } from '../embeddings/tiny-extractor.ts';
import { convGenerator, tinyGenerator } from '../generators/tiny-generators.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = tinyModel(at('tiny.onnx'));
const tiny = tinyGenerator(at('generator.onnx'));

beforeEach(() => vi.stubEnv('STUDY_CACHE', at('cache')));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(at('cache'), { recursive: true, force: true });
});

const study = (...flags: string[]) => runCommand(extractCommand(), ['--model', model, ...flags]);
const drawing = (count: number, ...flags: string[]) =>
  study('--generator', convGenerator, '--count', String(count), ...flags);
const bytes = (name: string) => readFileSync(at(name));

describe('study extract --generator', () => {
  it('draws the same images for any batch size, and keeps their classes', async () => {
    for (const size of ['1', '7', '64']) {
      rmSync(at('cache'), { recursive: true, force: true });
      const images = ['--save-images', at(`images-${size}`)];
      const lines = await drawing(20, '--out', at(`out-${size}`), '--batch-size', size, ...images);
      expect(lines).toContain(`the images are in ${at(`images-${size}`)}`);
      expect(lines).toContain(`classes for --labels are in ${at(`out-${size}/labels.txt`)}`);
    }
    const names = readdirSync(at('images-1')).filter((name) => name.endsWith('.png'));
    expect(names).toHaveLength(20);
    for (const name of names) {
      const one = bytes(`images-1/${name}`);
      expect(Buffer.compare(bytes(`images-7/${name}`), one)).toBe(0);
      expect(Buffer.compare(bytes(`images-64/${name}`), one)).toBe(0);
    }
    const labels = readFileSync(at('out-7/labels.txt'), 'utf8').trim().split('\n');
    expect(labels).toEqual(Array.from({ length: 20 }, (_, i) => String(i % 4)));
    // Saved images are images like any others.
    const { embeddings } = await extract(at('images-7'), { model });
    const [saved, drawn] = [new Float32Array(100), new Float32Array(100)];
    embeddings.readBlock(0, 20, saved);
    const again = await extract(`${convGenerator}:20:0`, { model });
    again.embeddings.readBlock(0, 20, drawn);
    for (const [i, value] of saved.entries()) expect(drawn[i]).toBeCloseTo(value, 6);
    embeddings.close();
    again.embeddings.close();
  });

  it('stores no image unless it is asked to, and states what they were', async () => {
    await drawing(5, '--out', at('plain'), '--seed', '7');
    expect(readdirSync(at('plain')).sort()).toEqual([
      'features.npy',
      'labels.txt',
      'manifest.json',
      'names.txt',
    ]);
    const { images } = await readManifest(at('plain'));
    expect(images.path).toBe(`${convGenerator}:5:7`);
    expect(images.origin).toMatchObject({
      seed: 7,
      batch: 16,
      generator: expect.stringMatching(/^[0-9a-f]{64}$/),
      description: { latent: { distribution: 'normal', std: 1 }, classes: { count: 4 } },
    });
  });

  it('takes a second time from the cache, and saves images that nothing drew', async () => {
    await drawing(10, '--out', at('first'));
    const lines = await drawing(10, '--out', at('second'), '--save-images', at('later'));
    expect(lines[0]).toContain('taken from the cache');
    expect(readdirSync(at('later')).filter((name) => name.endsWith('.png'))).toHaveLength(10);
    expect(Buffer.compare(bytes('first/features.npy'), bytes('second/features.npy'))).toBe(0);
    await expect(
      drawing(10, '--out', at('third'), '--seed', '1', '--save-images', at('later')),
    ).rejects.toThrow('later holds images of another generator or seed');
    // What a killed run left of its note counts for nothing.
    mkdirSync(at('killed'));
    writeFileSync(at('killed/.generator.json.1-00000000-00000000.tmp'), '{');
    await drawing(3, '--out', at('third'), '--save-images', at('killed'));
    mkdirSync(at('full'));
    writeFileSync(at('full/a.png'), '');
    await expect(drawing(10, '--out', at('fourth'), '--save-images', at('full'))).rejects.toThrow(
      'full is not empty',
    );
  });

  it('runs only the new images where more are asked for', async () => {
    const extractor = tinyExtractor(at('known.onnx'));
    const some = await extract(`${convGenerator}:20`, { model: extractor, batchSize: 4 });
    const more = await extract(`${convGenerator}:50`, { model: extractor, batchSize: 4 });
    expect([some.reused, more.reused]).toEqual([0, 20]);
    const [few, many] = [new Float32Array(100), new Float32Array(100)];
    some.embeddings.readBlock(0, 20, few);
    more.embeddings.readBlock(0, 20, many);
    expect(many).toEqual(few);
    some.embeddings.close();
    more.embeddings.close();
    const other = await extract(`${convGenerator}:50:1`, { model: extractor, batchSize: 4 });
    expect(other.reused).toBe(0);
    other.embeddings.close();
  });

  it.each([
    [['--generator', tiny], 'no number of images for the generator', '--count 50000'],
    [
      ['--generator', tiny, '--count', '20000000'],
      'invalid number of images',
      'from 1 to 16777216',
    ],
    [['--generator', tiny, '--count', '5', '--seed', 'a'], 'invalid seed of the generator', '2^53'],
    [
      ['--generator', tiny, '--count', '5', '--limit', '3'],
      '--limit 3 with --generator',
      '--count',
    ],
    [
      ['--generator', tiny, '--count', '5', '--images', 'x'],
      '--images x with --generator',
      'one of',
    ],
    [['--generator', 'g.pt', '--count', '5'], 'g.pt does not end in .onnx', 'ONNX file'],
    [['--generator', 'no.onnx', '--count', '5'], 'no such file or folder: no.onnx', 'check'],
    [
      ['--generator', at('tiny.onnx'), '--count', '5'],
      'tiny.json does not describe a generator',
      'docs',
    ],
    [[], 'no images to extract', '--generator GEN.onnx'],
    [['--images', 'x', '--count', '5'], '--count 5 without --generator', '--limit'],
    [
      ['--images', 'x', '--save-images', 'y'],
      '--save-images y without --generator',
      'files already',
    ],
  ])('refuses %j', async (flags, message, hint) => {
    const error = await study('--out', at('refused'), ...flags).catch((reason) => reason);
    expect(error).toBeInstanceOf(StudyError);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(existsSync(at('refused'))).toBe(false);
  });

  it('refuses values that are not finite, and can leave such images out', async () => {
    const path = tinyGenerator(at('nan.onnx'), { scale: Number.NaN });
    const flags = ['--generator', path, '--count', '5', '--out', at('nan')];
    await expect(study(...flags)).rejects.toThrow('with seed 0 has the value NaN');
    await expect(study(...flags, '--skip-bad')).rejects.toThrow('none of the 5 images');
  });

  it('says that a description is missing', async () => {
    const path = at('bare.onnx');
    writeFileSync(path, readFileSync(tiny));
    await expect(study('--generator', path, '--count', '5', '--out', at('x'))).rejects.toThrow(
      `no description of ${path}: there is no ${at('bare.json')}`,
    );
  });
});

describe('study sweep --generator', () => {
  const sweep = async (...flags: string[]) => {
    const { path } = await writePool(folder, 60, 5, 'reference');
    const sides = ['--reference', path, '--model', model, '--sizes', '8,16', '--seeds', '2'];
    return runCommand(sweepCommand(), [...sides, '--workers', '1', ...flags]);
  };

  it.each([
    [['--generator', tiny], 'no number of images for the generator'],
    [['--generated', 'x', '--count', '5'], '--count 5 without --generator'],
    [['--generated', 'x', '--generator-seed', '5'], '--generator-seed 5 without --generator'],
    [['--generated', 'x', '--generator', tiny, '--count', '5'], '--generated x with --generator'],
    [['--generated', tiny], `${tiny} is a network, not a set of images`],
    [['--generated', `${tiny}:40`, '--labels', `${tiny}:40`], 'has no classes'],
  ])('refuses %j', async (flags, message) => {
    await expect(sweep('--out', at('none'), ...flags)).rejects.toThrow(message);
  });
});
