import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openNpyRows } from '../../src/arrays/npy-file.ts';
import { writeNpz } from '../../src/arrays/npz.ts';
import type { EmbeddingsOptions } from '../../src/embeddings/embeddings-options.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { readNames } from '../../src/embeddings/names.ts';
import { openEmbeddings } from '../../src/embeddings/open.ts';
import { StudyError } from '../../src/errors.ts';
import { openImages, type Selection } from '../../src/images/open.ts';
import type { ImageSource } from '../../src/images/source.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png } from '../images/sources.ts';
import { lockText } from '../provenance/lock-text.ts';
import { tinyExtractor, tinyFeatures } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
let cache: string;
let round = 0;

beforeEach(() => {
  cache = join(folder, `cache-${round++}`);
  process.env.STUDY_CACHE = cache;
});

const opened: ImageSource[] = [];
afterEach(async () => {
  for (const source of opened.splice(0)) await source.close();
});

async function openSource(path: string, selection?: Selection): Promise<ImageSource> {
  const source = await openImages(path, selection);
  opened.push(source);
  return source;
}

/** `count` different images of 8 × 6 in an npz, whose features are known. */
async function manyImages(count: number): Promise<ImageSource> {
  const path = join(folder, `${count}.npz`);
  const values = Uint8Array.from({ length: count * 144 }, (_, i) => (i * 31 + (i >> 7)) % 251);
  if (!existsSync(path)) await writeNpz(path, { arr_0: { shape: [count, 6, 8, 3], values } });
  return openSource(path);
}

async function expected(source: ImageSource): Promise<number[]> {
  const rows: number[] = [];
  for (let i = 0; i < source.names.length; i++) {
    rows.push(...tinyFeatures((await source.decode(await source.read(i), i)).data));
  }
  return rows;
}

function featuresIn(path: string): number[] {
  const file = openNpyRows(join(path, 'features.npy'));
  const out = new Float32Array(file.rows * file.dimension);
  file.readBlock(0, file.rows, out);
  file.close();
  return [...out];
}

function expectClose(actual: number[], wanted: number[]): void {
  expect(actual).toHaveLength(wanted.length);
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - wanted[i]!)));
  expect(worst).toBeLessThan(1e-6);
}

async function run(options: Partial<EmbeddingsOptions> & Pick<EmbeddingsOptions, 'source'>) {
  const extraction = await extractEmbeddings({ extractor, threads: 1, ...options });
  extraction.embeddings.close();
  return extraction;
}

/** The folder of the set that an interrupted run has left. */
function unfinished(): string {
  const sets = join(cache, 'embeddings');
  return join(sets, readdirSync(sets).find((name) => name.endsWith('.partial'))!);
}

describe('extractEmbeddings', () => {
  it("writes each image's features in the order of the names, and a manifest", async () => {
    const source = await manyImages(300);
    const out = join(folder, 'out');
    const { manifest, cached } = await run({ source, out, batchSize: 7 });
    expect(cached).toBe(false);
    expectClose(featuresIn(out), await expected(source));
    expect(await readNames(out)).toEqual(source.names);
    expect(manifest).toMatchObject({
      model: { name: 'tiny', mode: 'mean', sha256: extractor.sha256, comparable: false },
      rows: 300,
      dimension: 5,
      images: { path: source.path, count: 300, skipped: [] },
      extraction: { provider: 'cpu', batchSize: 7, threads: 1 },
    });
    expect(manifest.environment.node).toBe(process.versions.node);
    const { seal: _, ...written } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(written).toEqual(manifest);
    expect(readdirSync(out).sort()).toEqual(['features.npy', 'manifest.json', 'names.txt']);
    expect(readdirSync(join(cache, 'embeddings'))).toEqual([manifest.key]);
  });

  it('sorts images of many sizes into batches and their rows back', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    for (let i = 0; i < 40; i++) {
      const [width, height] = [4 + ((i * 7) % 5), 3 + (i % 2)];
      const bytes = await png(picture(i, width, height), width, height);
      writeFileSync(join(mixed, `${100 + i}.png`), bytes);
    }
    const source = await openSource(mixed);
    const { embeddings } = await run({ source, batchSize: 3 });
    expectClose(featuresIn(embeddings.path), await expected(source));
  });

  it('does not extract the same images twice, whatever their path and names', async () => {
    const [here, there] = [join(folder, 'here'), join(folder, 'there/below')];
    mkdirSync(here);
    mkdirSync(there, { recursive: true });
    for (let i = 0; i < 3; i++) {
      writeFileSync(join(here, `${i}.png`), await png(picture(i)));
      copyFileSync(join(here, `${i}.png`), join(there, `b${i}.png`));
    }
    const first = await run({ source: await openSource(here) });
    const source = await openSource(there);
    const second = await run({ source, out: join(folder, 'second') });
    expect(second.cached).toBe(true);
    expect(second.manifest.key).toBe(first.manifest.key);
    expect(second.manifest.images.path).toBe(there);
    expect(await readNames(join(folder, 'second'))).toEqual(source.names);

    const otherMode = { ...extractor, mode: 'other' };
    const third = await run({ source, extractor: otherMode });
    expect(third.cached).toBe(false);
    writeFileSync(join(there, 'b2.png'), await png(picture(9)));
    const fourth = await run({ source: await openSource(there) });
    expect(fourth.cached).toBe(false);
    expect(fourth.manifest.key).not.toBe(first.manifest.key);
  });

  it('extracts again where another set lies under the key, of other images or another model', async () => {
    const [few, many] = [await manyImages(20), await manyImages(300)];
    const path = (await run({ source: few })).embeddings.path;
    const others = [
      (await run({ source: many })).embeddings.path,
      (await run({ source: few, ...{ extractor: { ...extractor, mode: 'other' } } })).embeddings
        .path,
    ];
    for (const other of others) {
      rmSync(path, { recursive: true });
      cpSync(other, path, { recursive: true });
      const { manifest, cached, embeddings } = await run({ source: few });
      expect([cached, manifest.rows, manifest.model.mode]).toEqual([false, 20, 'mean']);
      expect(await readNames(embeddings.path)).toEqual(few.names);
      expectClose(featuresIn(embeddings.path), await expected(few));
      expect((await run({ source: few })).cached).toBe(true);
    }
  });

  it('goes on after the images that were under way when it was interrupted', async () => {
    const source = await manyImages(1000);
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const stopped = run({
      source,
      batchSize: 32,
      signal: controller.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'extracting' && done >= 400) controller.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    expect(readdirSync(join(cache, 'embeddings'))).toEqual([expect.stringMatching(/\.partial$/)]);
    const { embeddings, resumed, manifest } = await run({ source });
    expect(resumed).toBeGreaterThanOrEqual(400);
    expectClose(featuresIn(embeddings.path), await expected(source));
    expect(readdirSync(join(cache, 'embeddings'))).toEqual([manifest.key]);
    const files = ['digests.bin', 'features.npy', 'manifest.json', 'names.txt'];
    expect(readdirSync(embeddings.path).sort()).toEqual(files);
  });

  it('says so where it went on with other settings, and its rows are then taken by no other set', async () => {
    const source = await manyImages(600);
    const controller = new AbortController();
    const onProgress = ({ done, phase }: { done: number; phase: string }) => {
      if (phase === 'extracting' && done >= 200) controller.abort(new Error('stop'));
    };
    const stopped = run({ source, signal: controller.signal, onProgress });
    await expect(stopped).rejects.toThrow('stop');
    const { manifest } = await run({ source, batchSize: 8 });
    expect(manifest.extraction).toMatchObject({ batchSize: 8, mixed: true });
    const part = await openSource(source.path, { limit: 100 });
    const plain = await run({ source: part, batchSize: 8 });
    expect(plain.reused).toBe(0);
    expect(plain.manifest.extraction.mixed).toBeUndefined();
  });

  it('takes nothing half-written for whole', async () => {
    const source = await manyImages(600);
    const whole = await run({ source });
    const features = readFileSync(whole.embeddings.featuresPath);
    let partial = '';
    // What a killed process leaves: an interrupted run first, for its journal.
    rmSync(whole.embeddings.path, { recursive: true });
    const controller = new AbortController();
    const onProgress = ({ done, phase }: { done: number; phase: string }) => {
      if (phase === 'extracting' && done >= 330) controller.abort(new Error('stop'));
    };
    await expect(run({ source, signal: controller.signal, onProgress })).rejects.toThrow('stop');
    partial = unfinished();
    const journal = readFileSync(join(partial, 'journal.jsonl'), 'utf8');
    const lines = journal.trimEnd().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(2);
    const rows = readFileSync(join(partial, 'features.npy'));
    const digests = readFileSync(join(partial, 'digests.bin'));

    const damages: [string, () => void, number][] = [
      [
        'a line cut short',
        () => writeFileSync(join(partial, 'journal.jsonl'), journal.slice(0, -9)),
        lines - 1,
      ],
      [
        'rows cut short',
        () => writeFileSync(join(partial, 'features.npy'), rows.subarray(0, 128 + 200 * 20)),
        1,
      ],
      [
        'a changed row',
        () => writeFileSync(join(partial, 'features.npy'), rows.with(128 + 200 * 20, 77)),
        1,
      ],
      ['an empty journal', () => writeFileSync(join(partial, 'journal.jsonl'), ''), 0],
      ['no features', () => rmSync(join(partial, 'features.npy')), 0],
      ['digests cut short', () => truncateSync(join(partial, 'digests.bin'), 200 * 32), 1],
    ];
    for (const [name, damage, chunks] of damages) {
      rmSync(whole.embeddings.path, { recursive: true, force: true });
      mkdirSync(partial, { recursive: true });
      writeFileSync(join(partial, 'journal.jsonl'), journal);
      writeFileSync(join(partial, 'features.npy'), rows);
      writeFileSync(join(partial, 'digests.bin'), digests);
      damage();
      const again = await run({ source });
      expect([name, again.resumed]).toEqual([name, chunks * 128]);
      expect(readFileSync(again.embeddings.featuresPath).equals(features)).toBe(true);
    }
  });

  it('stops at a damaged image with its name, or lists it and goes on', async () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    for (let i = 0; i < 6; i++) writeFileSync(join(bad, `${i}.png`), await png(picture(i)));
    const cut = await png(picture(2, 64, 64), 64, 64);
    writeFileSync(join(bad, '2.png'), cut.subarray(0, cut.length - 40));
    const source = await openSource(bad);
    await expect(run({ source })).rejects.toThrow(/^cannot decode .*bad\/2\.png: /);
    const { manifest, embeddings } = await run({ source, skipBad: true });
    expect(manifest.rows).toBe(5);
    const names = ['0.png', '1.png', '3.png', '4.png', '5.png'];
    expect(await readNames(embeddings.path)).toEqual(names);
    expect(manifest.images.skipped).toMatchObject([{ index: 2, name: '2.png' }]);
    const good = [0, 1, 3, 4, 5].flatMap((i) => tinyFeatures(picture(i)));
    expectClose(featuresIn(embeddings.path), good);
    // What was allowed to leave an image out must not serve where it is not.
    await expect(run({ source })).rejects.toThrow(/cannot decode .*2\.png/);
    expect((await run({ source, skipBad: true })).cached).toBe(true);
  });

  it('refuses a set of which no image can be decoded', async () => {
    const none = join(folder, 'none');
    mkdirSync(none);
    writeFileSync(join(none, 'a.png'), 'no picture');
    const source = await openSource(none);
    await expect(run({ source, skipBad: true })).rejects.toThrow(/none of the 1 images/);
  });

  it('refuses a cache whose checksum fails, and a provider that is not there', async () => {
    const source = await manyImages(20);
    const { embeddings } = await run({ source });
    const bytes = readFileSync(embeddings.featuresPath);
    bytes[200]! ^= 1;
    writeFileSync(embeddings.featuresPath, bytes);
    await expect(run({ source })).rejects.toMatchObject({
      message: expect.stringMatching(/features\.npy has the sha256/),
      hint: expect.stringContaining('delete'),
    });
    for (const provider of ['cuda', 'dml', 'coreml'] as const) {
      const other = await openSource(source.path, { limit: 3 });
      const outcome = await run({ source: other, provider }).catch((error) => error);
      expect(outcome).toBeInstanceOf(StudyError);
      expect(outcome.message).toContain(provider);
    }
  });

  it('says when the disk is full, and goes on once there is space', async () => {
    const source = await manyImages(500);
    const file = await open(join(folder, 'tiny.onnx'));
    const prototype = Object.getPrototypeOf(file) as typeof file;
    await file.close();
    const write = prototype.write;
    let writes = 0;
    const full = vi.spyOn(prototype, 'write').mockImplementation(function (
      this: typeof file,
      ...rest: unknown[]
    ) {
      if (++writes > 6) throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' });
      return Reflect.apply(write, this, rest);
    } as never);
    await expect(run({ source })).rejects.toThrow(/no space left on the device for .*partial/);
    full.mockRestore();
    const { resumed, embeddings } = await run({ source });
    expect(resumed).toBeGreaterThan(0);
    expectClose(featuresIn(embeddings.path), await expected(source));
  });

  it('lets one process at a time extract a set, and takes over from a dead one', async () => {
    const source = await manyImages(50);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('stop'));
    await expect(run({ source, signal: controller.signal, onProgress })).rejects.toThrow('stop');
    const lock = `${unfinished()}.lock`;
    writeFileSync(lock, lockText({ pid: process.ppid }));
    await expect(run({ source })).rejects.toThrow(/being extracted by process/);
    for (const dead of [{ started: '1' }, { pid: 2 ** 22 + 1 }]) {
      writeFileSync(lock, lockText(dead));
      const { cached, embeddings } = await run({ source });
      expect(cached).toBe(false);
      expect(existsSync(lock)).toBe(false);
      rmSync(embeddings.path, { recursive: true });
    }
    const both = await Promise.allSettled([run({ source }), run({ source })]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await run({ source })).cached).toBe(true);
  });

  it('reads each image once, and again where it goes on; one that changed since is run again', async () => {
    const source = await manyImages(600);
    const reads = new Uint8Array(600);
    const counted = (changed?: number): ImageSource => ({
      ...source,
      async read(index) {
        reads[index]!++;
        return index === changed ? new Uint8Array(144) : source.read(index);
      },
    });
    const controller = new AbortController();
    const onProgress = ({ done, phase }: { done: number; phase: string }) => {
      if (phase === 'extracting' && done >= 400) controller.abort(new Error('stop'));
    };
    const first = run({ source: counted(), signal: controller.signal, onProgress });
    await expect(first).rejects.toThrow('stop');
    expect(Math.max(...reads)).toBe(1);
    reads.fill(0);
    const { resumed, embeddings } = await run({ source: counted(200) });
    expect(resumed).toBe(128);
    expect([reads[0], reads[200], reads[599]]).toEqual([1, 2, 1]);
    expectClose(featuresIn(embeddings.path), await expected(counted(200)));
  });

  it('gives the same features for any batch size', async () => {
    const source = await manyImages(100);
    const rows: number[][] = [];
    for (const batchSize of [1, 32, 100]) {
      process.env.STUDY_CACHE = join(cache, String(batchSize));
      const { embeddings } = await run({ source, batchSize });
      rows.push(featuresIn(embeddings.path));
    }
    for (const other of rows.slice(1)) expectClose(other, rows[0]!);
  });

  it('reports an interruption before the network ran, and images gone meanwhile', async () => {
    const source = await manyImages(40);
    await expect(run({ source, signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow(
      'early',
    );
    const moved = join(folder, 'moved');
    mkdirSync(moved);
    for (let i = 0; i < 3; i++) writeFileSync(join(moved, `${i}.png`), await png(picture(i)));
    const files = await openSource(moved);
    renameSync(join(moved, '1.png'), join(moved, '1.txt'));
    await expect(run({ source: files })).rejects.toThrow(/no such file or folder: .*1\.png/);
  });
});

describe('deliver', () => {
  it('replaces what an earlier run had put there', async () => {
    const out = join(folder, 'again');
    await run({ source: await manyImages(20), out });
    const source = await manyImages(30);
    const { embeddings } = await run({ source, out });
    expect(embeddings.path).toBe(out);
    const opened = await openEmbeddings(out);
    expect(opened.rows).toBe(30);
    opened.close();
    expect(statSync(join(out, 'features.npy')).size).toBe(128 + 30 * 5 * 4);
    await run({ source, out });
    expect(readdirSync(out).sort()).toEqual(['features.npy', 'manifest.json', 'names.txt']);
  });
});
