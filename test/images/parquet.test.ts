import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { classesOf, decoded, setFile } from './sets.ts';
import { picture } from './sources.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const pictures = Array.from({ length: 8 }, (_, i) => picture(i));

function copy(from: string, to: string): string {
  mkdirSync(dirname(at(to)), { recursive: true });
  copyFileSync(setFile(from), at(to));
  return at(to);
}

describe('Parquet files of pyarrow', () => {
  it.each([
    ['snappy, in groups of 3 rows and pages of 1', 'snappy.parquet', ['cat', 'dog']],
    ['zstd, without dictionaries', 'zstd.parquet', ['cat', 'dog']],
    ['gzip, with pages of version 2', 'gzip-v2.parquet', ['cat', 'dog']],
    ['brotli, without names of classes', 'brotli.parquet', ['0', '1']],
    ['lz4', 'lz4.parquet', ['0', '1']],
  ])('are read at random: %s', async (_, file, names) => {
    const source = await openImages(setFile(file));
    const stem = file.replace('.parquet', '');
    expect(source.names[7]).toBe(`${stem}/000007`);
    expect(await decoded(source)).toEqual(pictures);
    expect(await classesOf(await openImages(setFile(file)))).toEqual(
      pictures.map((_, i) => names[i % 2]),
    );
    const again = await openImages(setFile(file));
    for (const i of [6, 0, 7, 2, 2, 5]) {
      expect(Buffer.compare((await again.decode(await again.read(i), i)).data, pictures[i]!)).toBe(
        0,
      );
    }
    await again.close();
  });

  it('may hold images in a column of bytes', async () => {
    const source = await openImages(setFile('plain.parquet'));
    expect(await decoded(source)).toEqual(pictures.slice(0, 4));
    expect(await classesOf(await openImages(setFile('plain.parquet')))).toEqual([
      'a',
      'b',
      'a',
      'b',
    ]);
  });

  it('are one set in a folder or by a pattern, in the order of their names', async () => {
    copy('snappy.parquet', 'data/train-00000-of-00002.parquet');
    copy('gzip-v2.parquet', 'data/train-00001-of-00002.parquet');
    for (const path of [at('data'), at('data/train-*.parquet')]) {
      const source = await openImages(path);
      expect(source.names[9]).toBe('train-00001-of-00002/000001');
      expect(await decoded(source)).toEqual([...pictures, ...pictures]);
    }
    const some = await openImages(at('data'), { glob: 'train-00001*/000003' });
    expect(await decoded(some)).toEqual([pictures[3]]);
  });

  it('of several splits in a folder are refused: which one is meant?', async () => {
    copy('snappy.parquet', 'splits/data/train-00000-of-00001.parquet');
    copy('snappy.parquet', 'splits/data/test-00000-of-00001.parquet');
    await expect(openImages(at('splits'))).rejects.toMatchObject({
      message: `${at('splits')} holds several splits of a data set: test, train`,
      hint: `name one by its files: '${at('splits')}/data/test-*.parquet'`,
    });
    copy('snappy.parquet', 'converted/train/0000.parquet');
    copy('snappy.parquet', 'converted/test/0000.parquet');
    await expect(openImages(at('converted'))).rejects.toThrow('several splits');
    const both = await openImages(at('splits/data/{train,test}-*.parquet'));
    expect(both.names).toHaveLength(16);
    await both.close();
  });

  it('ask for --column where two hold images, and take only one that does', async () => {
    const path = setFile('two-images.parquet');
    await expect(openImages(path)).rejects.toMatchObject({
      message: `several columns of images in ${path}: image, mask`,
      hint: 'choose one: --column image',
    });
    expect(await decoded(await openImages(path, { column: 'mask' }))).toEqual(pictures);
    await expect(openImages(path, { column: 'label' })).rejects.toThrow(
      `the column label holds no images in ${path}; its columns: image (of bytes, path), mask (of bytes, path), label (int64)`,
    );
    await expect(openImages(path, { column: 'jpg' })).rejects.toThrow('the column jpg is not in');
    await expect(openImages(setFile('images.npy'), { column: 'jpg' })).rejects.toThrow(
      '--column jpg, but no columns in',
    );
  });

  it('without images are refused, naming what they hold', async () => {
    const path = setFile('texts.parquet');
    await expect(openImages(path)).rejects.toThrow(
      `no column of images in ${path}; its columns: text (text), score (double), images (of list)`,
    );
  });

  it('with paths instead of images are refused; a single one fails when it is read', async () => {
    await expect(openImages(setFile('paths.parquet'))).rejects.toMatchObject({
      message: `image.bytes in ${setFile('paths.parquet')} is null in all rows: its images are paths to other files`,
      hint: expect.stringContaining("datasets.load_dataset('imagefolder'"),
    });
    const source = await openImages(setFile('some-paths.parquet'));
    expect(Buffer.compare((await source.decode(await source.read(3), 3)).data, pictures[3]!)).toBe(
      0,
    );
    for (const row of [2, 5]) {
      await expect(source.read(row)).rejects.toThrow(
        `some-paths/00000${row} in ${setFile('some-paths.parquet')} has no bytes`,
      );
    }
    await source.close();
  });

  it('with two columns of classes are read, but say so where classes are asked for', async () => {
    const source = await openImages(setFile('two-labels.parquet'));
    await expect(source.labels!()).rejects.toThrow('several columns of classes');
    expect(await decoded(source)).toEqual(pictures);
  });

  it('in an encoding that is not read are refused by its name', async () => {
    await expect(openImages(setFile('delta.parquet'))).rejects.toMatchObject({
      message: `image.bytes in ${setFile('delta.parquet')} is encoded as DELTA_LENGTH_BYTE_ARRAY, which is not read`,
      hint: expect.stringContaining('pyarrow.parquet'),
    });
  });

  it('are refused where they are truncated', async () => {
    const whole = readFileSync(setFile('snappy.parquet'));
    for (let length = 4; length < whole.length; length += 97) {
      writeFileSync(at('cut.parquet'), whole.subarray(0, length));
      await expect(openImages(at('cut.parquet'))).rejects.toThrow('is a truncated Parquet file');
    }
  });

  it('are refused in one set with other columns', async () => {
    copy('snappy.parquet', 'mixed/a.parquet');
    copy('plain.parquet', 'mixed/b.parquet');
    await expect(openImages(at('mixed'))).rejects.toThrow(
      `the images are in image.bytes of ${at('mixed/a.parquet')}, but in jpg of`,
    );
  });
});

describe('any column of bytes', () => {
  it('is read as it was written, in pages and groups of any size', async () => {
    const value = fc.option(fc.uint8Array({ maxLength: 40 }), { freq: 5 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom('SNAPPY' as const, 'UNCOMPRESSED' as const),
        fc.constantFrom('PLAIN' as const, 'RLE_DICTIONARY' as const, undefined),
        async (data, rowGroupSize, pageSize, codec, encoding) => {
          fc.pre(data.some((bytes) => bytes !== null));
          const path = at(`random-${round++ % 4}.parquet`);
          const column = { name: 'jpg', data, type: 'BYTE_ARRAY' as const };
          const columnData = [{ ...column, ...(encoding && { encoding }) }];
          const file = parquetWriteBuffer({ columnData, rowGroupSize, pageSize, codec });
          writeFileSync(path, new Uint8Array(file));
          const source = await openImages(path);
          expect(source.names).toHaveLength(data.length);
          for (const [row, bytes] of data.entries()) {
            if (bytes === null) await expect(source.read(row)).rejects.toThrow('has no bytes');
            else expect(Buffer.compare(await source.read(row), bytes)).toBe(0);
          }
          await source.close();
        },
      ),
      { seed: 14, numRuns: 40 },
    );
  });
});
