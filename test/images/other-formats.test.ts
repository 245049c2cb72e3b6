import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openImages } from '../../src/images/open.ts';
import { passedOverNotes } from '../../src/images/passed-over.ts';
import { kindOf } from '../../src/sides/kind-of.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { setFile } from './sets.ts';
import { picture, png } from './sources.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

function write(name: string, bytes: Uint8Array | string): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), bytes);
  return at(name);
}

/** The length of a record of 10 bytes and its checksum, by another implementation of CRC-32C. */
const record = Buffer.from('0a00000000000000aea3bf3a', 'hex');

const onePng = await png(picture(0));
const wds = readFileSync(setFile('wds-000000.tar'));

describe('a format that is known but not read', () => {
  it.each([
    ['HDF5', readFileSync(setFile('images.h5')), 'is HDF5', "h5py.File('PATH')"],
    ['a .mat', readFileSync(setFile('svhn.mat')), 'is a .mat of MATLAB', "s.loadmat('PATH')"],
    ['a .mat of HDF5', Buffer.from('MATLAB 7.3 MAT-file, '), 'is a .mat of MATLAB 7.3', 'h5py'],
    ['LMDB', readFileSync(setFile('lsun/data.mdb')), 'is LMDB', `lmdb.open('${folder}'`],
    ['Arrow', readFileSync(setFile('data.arrow')), 'is Arrow', "Dataset.from_file('PATH')"],
    ['gzip', gzipSync(wds), 'is compressed by gzip: its images', 'gunzip -k PATH'],
    ['bzip2', Buffer.from('BZh91AY&SY'), 'is compressed by bzip2', 'bunzip2 -k PATH'],
    ['xz', Buffer.from('\xfd7zXZ\0', 'latin1'), 'is compressed by xz', 'unxz -k PATH'],
    ['zstd', Buffer.from('\x28\xb5\x2f\xfd', 'latin1'), 'is compressed by zstd', 'unzstd PATH'],
    ['one image', onePng, 'is one image', 'name a folder'],
  ])('says by its content how to convert it: %s', async (_, bytes, is, how) => {
    for (const name of ['file', 'file.tar', 'file.bin']) {
      const path = write(name, bytes);
      const refusal = {
        name: 'StudyError',
        message: expect.stringContaining(`${path} ${is}`),
        hint: expect.stringContaining(how.replace('PATH', path)),
      };
      await expect(kindOf(path)).rejects.toMatchObject(refusal);
      await expect(openImages(path)).rejects.toMatchObject(refusal);
    }
  });

  it('is found in a folder without images', async () => {
    write('hdf5/.hidden', 'x');
    copyFileSync(setFile('images.h5'), write('hdf5/train.h5', ''));
    await expect(openImages(at('hdf5'))).rejects.toThrow(
      `no images in ${at('hdf5')}, but train.h5, which is HDF5`,
    );
    await expect(openImages(setFile('lsun'))).rejects.toThrow('data.mdb, which is LMDB');
    write('packed/train.tar.gz', gzipSync(wds));
    await expect(openImages(at('packed'))).rejects.toMatchObject({
      message: expect.stringContaining('train.tar.gz, which is compressed by gzip'),
      hint: `unpack it once: gunzip -k ${at('packed/train.tar.gz')}, and give train.tar`,
    });
  });

  it('is TFRecord where a record’s length has its checksum', async () => {
    const path = write('x.tfrecord', Buffer.concat([record, Buffer.alloc(14)]));
    await expect(kindOf(path)).rejects.toMatchObject({
      message: `${path} is TFRecord`,
      hint: expect.stringContaining(`tf.data.TFRecordDataset('${path}')`),
    });
    const changed = Buffer.from(record);
    changed[0]! ^= 1;
    await expect(kindOf(write('y.tfrecord', Buffer.concat([changed, record])))).rejects.toThrow(
      'unknown format',
    );
  });
});

describe('files that are passed over', () => {
  it('are counted by kind, of folders and of tars', async () => {
    write('mixed/a.png', await png(picture(1)));
    for (const name of ['b.avif', 'c.avif', 'Thumbs.db', 'notes.txt', '.DS_Store', 'LICENSE']) {
      write(`mixed/${name}`, 'x');
    }
    const source = await openImages(at('mixed'));
    expect(passedOverNotes(source)).toEqual([
      `files of other kinds in ${at('mixed')} were left out: 2 .avif, 1 .db, 1 .txt, 1 hidden, 1 no extension`,
    ]);
    await source.close();
    const tar = await openImages(setFile('wds-*.tar'));
    expect(passedOverNotes(tar)).toEqual([
      `files of other kinds in ${setFile('wds-*.tar')} were left out: 8 .json`,
    ]);
    await tar.close();
  });
});
