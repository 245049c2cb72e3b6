import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { diffCommand } from '../../src/commands/diff.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyExtractor } from '../embeddings/tiny-extractor.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
const images = join(folder, 'images.npz');
const values = Uint8Array.from({ length: 20 * 48 }, (_, i) => (i * 13) % 256);
await writeNpz(images, { arr_0: { shape: [20, 4, 4, 3], values } });

async function extract(name: string, batchSize: number, mode: string) {
  const extractor = tinyExtractor(join(folder, `${mode}.onnx`), mode);
  const source = await openImages(images);
  const settings = { deterministic: true, batchSize, out: join(folder, name) };
  (await extractEmbeddings({ source, extractor, ...settings })).embeddings.close();
  await source.close();
  return join(folder, name);
}

const a = await extract('a', 20, 'mean');
const b = await extract('b', 10, 'mean');
const c = await extract('c', 20, 'other');

describe('study diff', () => {
  it('finds nothing between a result and itself', async () => {
    const lines = await runCommand(diffCommand(), [a, join(a, 'manifest.json')]);
    expect(lines).toEqual(['features of 20 images: identical bits']);
  });

  it('says what can move FID, and compares features of the same images', async () => {
    const lines = await runCommand(diffCommand(), [a, b]);
    const at = lines.indexOf('moves FID by rounding:');
    expect(lines[at + 1]).toMatch(
      /^ {2}extraction\.batchSize: 20 \| 10 {2}\(sums in another order/,
    );
    expect(lines.at(-1)).toMatch(/^features of 20 images: /);
    const json = JSON.parse((await runCommand(diffCommand(), [a, b, '--json'])).join('\n'));
    expect(json.features).toMatchObject({ rows: 20 });
    expect(json.features.relative).toBeLessThan(1e-5);
  });

  it('puts first what makes two FIDs incomparable', async () => {
    const lines = await runCommand(diffCommand(), [a, c]);
    expect(lines[0]).toBe('makes the two FIDs incomparable:');
    expect(lines.join('\n')).toContain('model.mode: mean | other');
  });

  it('says how another processor was stood in for, and nothing of it where nothing was extracted', async () => {
    const manifest = (name: string, content: object) => {
      const path = join(folder, `${name}.json`);
      writeFileSync(path, JSON.stringify(content));
      return path;
    };
    const of = async (content: object) =>
      (
        await runCommand(diffCommand(), [
          manifest('one', { ...content, environment: { cpu: 'one' } }),
          manifest('other', { ...content, environment: { cpu: 'other' } }),
        ])
      ).join('\n');
    expect(await of({ extraction: {} })).toMatch(/e-\d of FID seen with AVX hidden on one CPU\)$/);
    expect(await of({ settings: {} })).not.toContain('seen');
  });

  it('refuses what is no manifest', async () => {
    mkdirSync(join(folder, 'none'));
    writeFileSync(join(folder, 'text.json'), 'no json');
    const refuse = (path: string, reason: RegExp) =>
      expect(runCommand(diffCommand(), [a, path])).rejects.toThrow(reason);
    await refuse(join(folder, 'missing'), /no such file or folder/);
    await refuse(join(folder, 'none'), /manifest\.json/);
    await refuse(join(folder, 'text.json'), /is not JSON/);
    for (const other of ['null', '[]', '3', '"text"']) {
      writeFileSync(join(folder, 'other.json'), other);
      await refuse(join(folder, 'other.json'), /other\.json is no manifest, but /);
    }
  });
});
