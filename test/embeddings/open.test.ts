import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formatNpyHeader } from '../../src/arrays/npy-header.ts';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { openEmbeddings } from '../../src/embeddings/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { FEATURES, golden, lacksGolden } from '../golden.ts';

const folder = temporaryFolder();
const fixtures = fileURLToPath(new URL('../arrays/fixtures', import.meta.url));

describe('openEmbeddings', () => {
  it.each(['float16-little', 'float32-little', 'float64-little', 'float64-big'])(
    'takes a .npy of %s as it is',
    async (name) => {
      const embeddings = await openEmbeddings(join(fixtures, `${name}.npy`));
      expect(embeddings).toMatchObject({ rows: 4, dimension: 3, manifest: null });
      expect(embeddings.sha256).toMatch(/^[0-9a-f]{64}$/);
      const out = new Float32Array(6);
      embeddings.readRows(Uint32Array.of(3, 0), out);
      expect([...out]).toEqual([4, 5, 6, 5, 4, 3]);
      embeddings.close();
    },
  );

  it('refuses other types and shapes', async () => {
    await expect(openEmbeddings(join(fixtures, 'uint8-little.npy'))).rejects.toThrow(/holds uint8/);
    await expect(openEmbeddings(join(fixtures, 'int64-little.npy'))).rejects.toThrow(/holds int64/);
    const path = join(folder, 'shape.npy');
    for (const shape of [[4], [2, 1, 2]]) {
      writeFileSync(path, Buffer.concat([formatNpyHeader('f4', shape), Buffer.alloc(16)]));
      await expect(openEmbeddings(path)).rejects.toThrow(/has the shape \(/);
    }
    writeFileSync(path, formatNpyHeader('f4', [0, 5]));
    await expect(openEmbeddings(path)).rejects.toThrow(/is empty/);
  });

  it.each([
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 1999],
    [Number.NEGATIVE_INFINITY, 1234],
  ])('names the row of a value that is %d', async (value, row) => {
    const path = join(folder, 'not-finite.npy');
    const values = new Float32Array(2000 * 700);
    values[row * 700 + 3] = value;
    await writeNpyRows(path, 700, [values]);
    await expect(openEmbeddings(path)).rejects.toThrow(
      `has the value ${value} in row ${row}, column 3`,
    );
    const doubles = Float64Array.from(values);
    const bytes = Buffer.concat([formatNpyHeader('f8', [2000, 700]), Buffer.from(doubles.buffer)]);
    writeFileSync(path, bytes);
    await expect(openEmbeddings(path)).rejects.toThrow(`value ${value} in row ${row}, column 3`);
  });

  it('refuses a folder without a manifest, or with another one', async () => {
    const path = join(folder, 'foreign');
    mkdirSync(path);
    await expect(openEmbeddings(path)).rejects.toThrow(/no such file.*manifest\.json/);
    writeFileSync(join(path, 'manifest.json'), '{ "rows": 3 }');
    await expect(openEmbeddings(path)).rejects.toThrow(/is not a manifest of features: format/);
    writeFileSync(join(path, 'manifest.json'), '{ "rows"');
    await expect(openEmbeddings(path)).rejects.toThrow(/is not JSON/);
  });

  it.skipIf(lacksGolden(FEATURES))('reads the golden CIFAR-10 features', async () => {
    const path = join(folder, 'golden.npy');
    writeFileSync(path, gunzipSync(readFileSync(golden(FEATURES))));
    const embeddings = await openEmbeddings(path);
    expect([embeddings.rows, embeddings.dimension]).toEqual([10000, 2048]);
    embeddings.close();
  });
});
