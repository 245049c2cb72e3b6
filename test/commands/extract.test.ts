import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { extractCommand } from '../../src/commands/extract.ts';
import { interruptible } from '../../src/commands/interrupt.ts';
import { duration, Rate, showProgress } from '../../src/commands/progress.ts';
import { extract } from '../../src/embeddings/extract-images.ts';
import { writeManifest } from '../../src/embeddings/manifest.ts';
import { readNames } from '../../src/embeddings/names.ts';
import { openSide } from '../../src/sides/open.ts';
import type { FeaturesSide } from '../../src/sides/side.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import { picture, png } from '../images/sources.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = tinyModel(at('tiny.onnx'));
const printed: string[] = [];

beforeEach(() => {
  process.env.STUDY_CACHE = at('cache');
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

function study(...flags: string[]): Promise<unknown> {
  return extractCommand().exitOverride().parseAsync(flags, { from: 'user' });
}

async function writeImages(name: string, count: number): Promise<string> {
  mkdirSync(at(name));
  for (let i = 0; i < count; i++) {
    writeFileSync(join(at(name), `${i}.png`), await png(picture(i)));
  }
  return at(name);
}

describe('study extract', () => {
  it('writes features and manifest, and says last where they are', async () => {
    const images = await writeImages('images', 4);
    await study('--images', images, '--model', model, '--out', at('out'), '--threads', '1');
    expect(readdirSync(at('out')).sort()).toEqual(['features.npy', 'manifest.json', 'names.txt']);
    expect(printed[0]).toMatch(/^4 × 5 features of tiny \(as-is\), in \d+ s, .* images\/s$/);
    expect(printed).toContain('note: FIDs of tiny are not comparable with published FIDs');
    expect(printed.at(-1)).toBe(`features.npy, names.txt and manifest.json are in ${at('out')}`);
    await study('--images', images, '--model', model, '--out', at('out'));
    expect(printed[3]).toBe('4 × 5 features of tiny (as-is), taken from the cache');
  });

  it('says how many files of which kinds were left out', async () => {
    const images = await writeImages('mixed', 2);
    for (const name of ['a.avif', 'b.avif', 'Thumbs.db']) writeFileSync(join(images, name), 'x');
    await study('--images', images, '--model', model, '--out', at('mixed-out'));
    expect(printed).toContain(
      `note: files of other kinds in ${images} were left out: 2 .avif, 1 .db`,
    );
  });

  it('says so where the cache has the features from another provider', async () => {
    const images = await writeImages('elsewhere', 2);
    const flags = ['--images', images, '--model', model, '--out', at('there')];
    const { embeddings } = await extract(images, { model });
    embeddings.close();
    const manifest = embeddings.manifest!;
    await study(...flags);
    expect(printed.some((line) => line.includes('in the cache from'))).toBe(false);
    const extraction = { ...manifest.extraction, provider: 'cuda' };
    await writeManifest(embeddings.path, { ...manifest, extraction });
    await study(...flags);
    const note = expect.stringMatching(
      /the features of .*elsewhere come from the cache and were made by cuda, not cpu: /,
    );
    expect(printed).toContainEqual(note);
    const side = await openSide(images, { model });
    side.close();
    expect(side.notes).toEqual([note]);
  });

  it('takes the images that --glob, --limit and --seed choose', async () => {
    const path = at('many.npz');
    const values = Uint8Array.from({ length: 50 * 12 }, (_, i) => (i * 7) % 256);
    await writeNpz(path, { arr_0: { shape: [50, 2, 2, 3], values } });
    const flags = ['--images', path, '--model', model, '--out', at('some'), '--glob', '*[02468]'];
    await study(...flags, '--limit', '10', '--seed', '7');
    const { images } = JSON.parse(readFileSync(join(at('some'), 'manifest.json'), 'utf8'));
    expect(images.selection).toEqual({ glob: '*[02468]', limit: 10, seed: 7 });
    const names = await readNames(at('some'));
    expect(names).toHaveLength(10);
    expect(names.every((name) => Number(name) % 2 === 0)).toBe(true);
  });

  it('lists what --skip-bad left out, and stops without it', async () => {
    const images = await writeImages('damaged', 3);
    writeFileSync(join(images, '1.png'), 'no picture');
    const flags = ['--images', images, '--model', model, '--out', at('good')];
    await expect(study(...flags)).rejects.toThrow(/cannot decode .*1\.png/);
    await study(...flags, '--skip-bad');
    expect(printed.some((line) => /^skipped 1\.png: cannot decode/.test(line))).toBe(true);
  });

  it('refuses what it cannot do, each with its own message', async () => {
    const images = at('images');
    const flags = ['--images', images, '--out', at('out')];
    const refuse = (more: string[], reason: RegExp) =>
      expect(study(...flags, ...more)).rejects.toThrow(reason);
    await refuse(['--model', 'inception-v9'], /inception-v9/);
    await refuse(['--model', model, '--limit', '0'], /invalid --limit.*: 0/);
    await refuse(['--model', model, '--limit', '5'], /limit larger than the set: 5 of 4/);
    await refuse(['--model', model, '--batch-size', 'many'], /invalid --batch-size.*: many/);
    await refuse(['--model', model, '--seed', '1'], /seed without a limit/);
    await refuse(['--model', model, '--glob', 'x/*'], /no image in .* matches 'x\/\*'/);
    await expect(
      study('--images', at('nowhere'), '--model', model, '--out', at('out')),
    ).rejects.toThrow(/no such file or folder: .*nowhere/);
  });
});

describe('openSide', () => {
  it('opens features as they are, and extracts images on the way', async () => {
    const images = await writeImages('fresh', 3);
    const extracted = (await openSide(images, { model })) as FeaturesSide;
    expect(extracted).toMatchObject({ rows: 3, dimension: 5 });
    extracted.close();
    for (const path of [dirname(extracted.featuresPath), extracted.featuresPath]) {
      const again = await openSide(path);
      expect(again.sha256).toBe(extracted.sha256);
      again.close();
    }
    await expect(openSide(images)).rejects.toThrow(/no model for the images in/);
  });
});

describe('interruptible', () => {
  it('aborts the work at Ctrl-C and leaves the exit code of an interruption', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const before = process.listenerCount('SIGINT');
    const outcome = await interruptible(async (signal) => {
      process.emit('SIGINT');
      signal.throwIfAborted();
      return 'finished';
    }, 'it is kept');
    expect(outcome).toBeUndefined();
    expect(said).toHaveBeenCalledWith(
      'interrupted; it is kept: run the same command again to resume',
    );
    expect(process.exitCode).toBe(130);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('passes results and errors on', async () => {
    expect(await interruptible(async () => 7, null)).toBe(7);
    const failing = interruptible(async () => Promise.reject(new Error('other')), null);
    await expect(failing).rejects.toThrow('other');
  });
});

describe('progress', () => {
  it('takes the rate from the last half minute', () => {
    const rate = new Rate();
    expect(rate.perSecond()).toBe(0);
    for (let second = 0; second <= 100; second++) {
      rate.add(second < 50 ? second * 10 : 500 + (second - 50) * 2, second);
    }
    expect(rate.perSecond()).toBeCloseTo(2, 10);
  });

  it('names times in their own units', () => {
    expect([3.2, 89, 100, 3600, 12000].map(duration)).toEqual([
      '4 s',
      '89 s',
      '2 min',
      '60 min',
      '3 h 20 min',
    ]);
  });

  it('prints nothing where stderr is no terminal', () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const progress = showProgress('extracting', 'images');
    progress.update(1, 10);
    progress.stop();
    expect(written).not.toHaveBeenCalled();
  });
});
