import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { formatNpyHeader } from '../../src/arrays/npy-header.ts';
import { writeNpz } from '../../src/arrays/npz.ts';
import { extract } from '../../src/embeddings/extract-images.ts';
import { StudyError } from '../../src/errors.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tarEnd, tarEntry } from '../downloads/tar.ts';
import { setFile } from '../images/sets.ts';
import { picture, png, writeZip } from '../images/sources.ts';
import { parquetOf } from '../sides/every-kind.ts';
import { tinyModel } from './tiny-extractor.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const model = tinyModel(at('tiny.onnx'));
const count = 20;

beforeAll(async () => {
  vi.stubEnv('STUDY_CACHE', at('cache'));
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < count; i++) files[`${100 + i}.png`] = await png(picture(i));
  mkdirSync(at('folder'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at('folder', name), bytes);
  await writeZip(at('set.zip'), files);
  const entries = Object.entries(files).map(([name, bytes]) => tarEntry(name, bytes));
  writeFileSync(at('set.tar'), Buffer.concat([...[...entries].reverse(), tarEnd]));
  for (let i = 0; i < 2; i++) {
    const some = entries.slice(10 * i, 10 * i + 10);
    writeFileSync(at(`s-${i}.tar`), Buffer.concat([...some, tarEnd]));
  }
  writeFileSync(at('set.parquet'), parquetOf(Object.values(files)));
  const values = Buffer.concat(Array.from({ length: count }, (_, i) => picture(i)));
  const shape = [count, 6, 8, 3];
  writeFileSync(at('set.npy'), Buffer.concat([formatNpyHeader('u1', shape), values]));
  await writeNpz(at('set.npz'), { samples: { shape, values: new Uint8Array(values) } });
});

describe('the same images in any format', () => {
  it('have one extraction in the cache, if their files are the same', async () => {
    const first = await extract(at('folder'), { model, out: at('features') });
    first.embeddings.close();
    expect(first.cached).toBe(false);
    const bytes = readFileSync(at('features', 'features.npy'));
    for (const path of ['set.zip', 'set.tar', 's-{0,1}.tar', 's-*.tar', 'set.parquet']) {
      const again = await extract(at(path), { model, out: at('again') });
      again.embeddings.close();
      expect({ path, cached: again.cached }).toEqual({ path, cached: true });
      expect(again.manifest.key).toBe(first.manifest.key);
      expect(readFileSync(at('again', 'features.npy')).equals(bytes)).toBe(true);
    }
    // Pixels without files are other bytes, but give the same features.
    const array = await extract(at('set.npy'), { model, out: at('array') });
    array.embeddings.close();
    expect(array.cached).toBe(false);
    expect(readFileSync(at('array', 'features.npy')).equals(bytes)).toBe(true);
    const npz = await extract(at('set.npz'), { model });
    npz.embeddings.close();
    expect(npz.cached).toBe(true);
  });

  it.each(['s-*.tar', 'set.parquet', 'set.npy'])('are selected alike: %s', async (path) => {
    const selection = { limit: 7, seed: 3 };
    const of = async (each: string) => {
      const { embeddings } = await extract(at(each), { model, selection });
      const values = new Float32Array(embeddings.rows * embeddings.dimension);
      embeddings.readBlock(0, embeddings.rows, values);
      embeddings.close();
      return values;
    };
    expect(await of(path)).toEqual(await of('folder'));
  });

  it('are gone on with where an extraction was interrupted', async () => {
    const many = Array.from({ length: 300 }, (_, i) => picture(1000 + i));
    const files = await Promise.all(many.map((pixels) => png(pixels)));
    writeFileSync(at('many.parquet'), parquetOf(files));
    const entries = files.map((file, i) => tarEntry(`${1000 + i}.png`, file));
    writeFileSync(at('many.tar'), Buffer.concat([...entries, tarEnd]));
    const controller = new AbortController();
    const onProgress = ({ phase, done }: { phase: string; done: number }) => {
      if (phase === 'extracting' && done > 0) controller.abort();
    };
    const options = { model, batchSize: 8, signal: controller.signal, onProgress };
    await expect(extract(at('many.tar'), options)).rejects.toThrow();
    // The place names what is unfinished: not all images are read, so that the content is not known.
    const { embeddings, resumed, manifest } = await extract(at('many.tar'), {
      model,
      batchSize: 8,
    });
    embeddings.close();
    expect(resumed).toBeGreaterThan(0);
    expect(manifest.rows).toBe(300);
    const other = await extract(at('many.parquet'), { model, batchSize: 8 });
    other.embeddings.close();
    expect([other.cached, other.manifest.key]).toEqual([true, manifest.key]);
  });

  it('tell in the manifest which files were passed over', async () => {
    writeFileSync(at('folder', 'a.avif'), 'x');
    writeFileSync(at('folder', 'Thumbs.db'), 'x');
    const { embeddings, manifest, notes } = await extract(at('folder'), { model });
    embeddings.close();
    expect(manifest.images.passed_over).toEqual([
      { kind: '.avif', count: 1 },
      { kind: '.db', count: 1 },
    ]);
    expect(notes).toEqual([
      `files of other kinds in ${at('folder')} were left out: 1 .avif, 1 .db`,
    ]);
  });

  it.each([
    'wds-{000000..000002}.tar',
    'sparse-gnu.tar',
    'two-images.parquet',
    'paths.parquet',
    'texts.parquet',
    'delta.parquet',
    'two.npz',
    'channels-first.npy',
    'unit.npy',
    'fortran.npy',
    'images.h5',
    'lsun',
  ])('leave nothing behind where they are refused: %s', async (name) => {
    const kept = readdirSync(at('cache'), { recursive: true });
    const out = at('refused');
    await expect(extract(setFile(name), { model, out })).rejects.toBeInstanceOf(StudyError);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(at('cache'), { recursive: true })).toEqual(kept);
  });
});
