import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tarEnd, tarEntry } from '../downloads/tar.ts';
import { classesOf, decoded, setFile } from './sets.ts';
import { picture, png } from './sources.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const pictures = Array.from({ length: 8 }, (_, i) => picture(i));
const catAndDog = ['0', '1', '0', '1', '0', '1', '0', '1'];

function write(name: string, ...parts: readonly Buffer[]): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), Buffer.concat([...parts, tarEnd]));
  return at(name);
}

let pngs: Buffer[];
beforeAll(async () => {
  pngs = await Promise.all(pictures.map((pixels) => png(pixels)));
});

describe('shards of WebDataset', () => {
  it.each([
    ['braces', setFile('wds-{000000..000001}.tar')],
    ['a list', setFile('{wds-000000,wds-000001}.tar')],
    ['stars', setFile('wds-*.tar')],
    ['stars in folders', join(dirname(setFile('')), 's*s', '**', 'wds-*1.tar')],
  ])('are one set, named by %s', async (_, pattern) => {
    const first = pattern.endsWith('*1.tar') ? 4 : 0;
    const source = await openImages(pattern);
    expect(source.names[0]).toBe(`00000${first}.png`);
    expect(source.passedOver).toEqual([{ kind: '.json', count: 8 - first }]);
    expect(await decoded(source)).toEqual(pictures.slice(first));
    expect(await classesOf(await openImages(pattern))).toEqual(catAndDog.slice(first));
  });

  it('are one set in a folder, next to other files', async () => {
    mkdirSync(at('shards/below'), { recursive: true });
    copyFileSync(setFile('wds-000000.tar'), at('shards/wds-000000.tar'));
    copyFileSync(setFile('wds-000001.tar'), at('shards/below/wds-000001.tar'));
    writeFileSync(at('shards/README.md'), 'text');
    const source = await openImages(at('shards'));
    expect(source.passedOver).toEqual([
      { kind: '.json', count: 8 },
      { kind: '.md', count: 1 },
    ]);
    expect(await decoded(source)).toEqual(pictures);
  });

  it('give the images and classes that --limit and --glob ask for', async () => {
    const all = setFile('wds-*.tar');
    const some = await openImages(all, { limit: 3, seed: 5 });
    const wanted = some.names.map((name) => Number.parseInt(name, 10));
    expect(await classesOf(some)).toEqual(wanted.map((i) => catAndDog[i]));
    expect(await decoded(await openImages(all, { limit: 3, seed: 5 }))).toEqual(
      wanted.map((i) => pictures[i]),
    );
    expect(await decoded(await openImages(all, { glob: '00000{2,7}.png' }))).toEqual([
      pictures[2],
      pictures[7],
    ]);
  });

  it('are refused if one of a list is missing, naming it', async () => {
    const pattern = setFile('wds-{000000..000004}.tar');
    await expect(openImages(pattern)).rejects.toMatchObject({
      message: `3 of the files of ${pattern} are missing: ${[2, 3, 4].map((i) => setFile(`wds-00000${i}.tar`)).join(', ')}`,
      hint: expect.stringContaining('fetch what is missing'),
    });
    await expect(openImages(setFile('nothing-{0..3}.tar'))).rejects.toThrow('no file matches');
    await expect(openImages(setFile('wds-{0..9999999}.tar'))).rejects.toThrow('more than 100000');
    await expect(openImages(`${setFile('wds-')}{0..99999}{0..9}.tar`)).rejects.toThrow('more than');
  });

  it('are refused if two hold one name, naming both', async () => {
    const twice = [write('a-0.tar', tarEntry('0.png', pngs[0]!)), at('a-1.tar')];
    write('a-1.tar', tarEntry('1.png', pngs[1]!), tarEntry('0.png', pngs[0]!));
    await expect(openImages(at('a-{0,1}.tar'))).rejects.toMatchObject({
      message: `${twice[0]} and ${twice[1]} both hold 0.png`,
    });
    write('twice.tar', tarEntry('0.png', pngs[0]!), tarEntry('0.png', pngs[0]!));
    await expect(openImages(at('twice.tar'))).rejects.toThrow('twice.tar holds 0.png twice');
  });

  it('are refused with files that are no tars', async () => {
    writeFileSync(at('b-0.tar'), 'text');
    copyFileSync(setFile('wds-000000.tar'), at('b-1.tar'));
    await expect(openImages(at('b-{1,0}.tar'))).rejects.toThrow('b-0.tar is a damaged tar');
    copyFileSync(setFile('snappy.parquet'), at('b-2.parquet'));
    await expect(openImages(at('b-{1.tar,2.parquet}'))).rejects.toThrow(
      'holds both tars and Parquet files',
    );
    writeFileSync(at('b-3.txt'), 'text');
    await expect(openImages(at('b-{1.tar,3.txt}'))).rejects.toThrow(
      'b-3.txt of .* is neither a tar nor a Parquet file'.replace('.*', at('b-{1.tar,3.txt}')),
    );
  });

  it('say which images have no class where others have one', async () => {
    const [a, b] = [tarEntry('0.png', pngs[0]!), tarEntry('1.png', pngs[1]!)];
    write('half.tar', a, tarEntry('0.cls', Buffer.from('cat\n')), b);
    const source = await openImages(at('half.tar'));
    const labels = await source.labels!();
    await source.close();
    expect([...labels!.codes]).toEqual([0, -1]);
    expect(labels!.classes).toEqual(['cat']);
    write('long.tar', a, tarEntry('0.cls', Buffer.alloc(300, 'a')));
    await expect(openImages(at('long.tar'))).rejects.toThrow('0.cls in');
    write('void.tar', a, tarEntry('0.cls', Buffer.from(' \n')));
    await expect(openImages(at('void.tar'))).rejects.toThrow('has 2 bytes and no class');
  });
});

describe('a tar', () => {
  it('of tars is of folders of their names, as ImageNet’s', async () => {
    const source = await openImages(setFile('classes.tar'));
    expect(source.names).toEqual([
      ...[0, 2, 4, 6].map((i) => `n01440764/n01440764_${i}.png`),
      ...[1, 3, 5, 7].map((i) => `n01443537/n01443537_${i}.png`),
    ]);
    expect(await decoded(source)).toEqual([0, 2, 4, 6, 1, 3, 5, 7].map((i) => pictures[i]));
    expect(new Set(await classesOf(await openImages(setFile('classes.tar'))))).toEqual(
      new Set(['n01440764', 'n01443537']),
    );
  });

  it('of a class, one of several in a folder, is a folder of its name', async () => {
    write('classes/cat.tar', tarEntry('0.png', pngs[0]!));
    write('classes/dog.tar', tarEntry('0.png', pngs[1]!));
    const source = await openImages(at('classes'));
    expect(source.names).toEqual(['cat/0.png', 'dog/0.png']);
    expect(await classesOf(source)).toEqual(['cat', 'dog']);
  });

  it.each(['pax.tar', 'gnu.tar'])('keeps long names: %s', async (name) => {
    const source = await openImages(setFile(name));
    const long = Array.from({ length: 8 }, () => 'a folder with a long name').join('/');
    expect(source.names).toEqual([0, 1, 2, 3].map((i) => `${long}/größe-${i}.png`));
    expect(await decoded(source)).toEqual(pictures.slice(0, 4));
  });

  it('from before POSIX is read, and its links are images', async () => {
    const source = await openImages(setFile('v7.tar'));
    expect(source.names).toEqual(['0.png', '1.png', 'a hard link.png', 'a link.png']);
    expect(await decoded(source)).toEqual([0, 1, 0, 1].map((i) => pictures[i]));
  });

  it('is known by its content under any name', async () => {
    copyFileSync(setFile('wds-000000.tar'), at('tar-without-extension'));
    expect(await decoded(await openImages(at('tar-without-extension')))).toHaveLength(4);
  });

  it('is refused where it is truncated at any byte but within its end mark', async () => {
    const whole = Buffer.concat([tarEntry('0.png', pngs[0]!), tarEntry('1.png', pngs[1]!)]);
    for (let length = 512; length < whole.length; length += 64) {
      writeFileSync(at('cut.tar'), whole.subarray(0, length));
      await expect(openImages(at('cut.tar'))).rejects.toThrow('is a damaged tar: it ends early');
    }
    // Without the end mark members may be missing.
    writeFileSync(at('cut.tar'), whole);
    await expect(openImages(at('cut.tar'))).rejects.toThrow('it ends early');
  });

  it('is refused with sparse files, whose bytes are not in one piece', async () => {
    for (const name of ['sparse-gnu.tar', 'sparse-posix.tar']) {
      await expect(openImages(setFile(name))).rejects.toMatchObject({
        message: expect.stringMatching(/holds the sparse file .*2\.png/),
        hint: 'pack it again without --sparse',
      });
    }
  });

  it('names a member that is no image, and one without images says what it holds', async () => {
    const bad = Buffer.from('<html>');
    const path = write('bad.tar', tarEntry('a/0.png', pngs[0]!), tarEntry('a/1.png', bad));
    const source = await openImages(path);
    await expect(source.decode(await source.read(1), 1)).rejects.toThrow(
      `cannot decode a/1.png in ${path}: it is SVG or another XML`,
    );
    await source.close();
    write('texts.tar', tarEntry('0.txt', bad), tarEntry('0.cls', Buffer.from('1')));
    await expect(openImages(at('texts.tar'))).rejects.toThrow('no images in');
  });

  it('keeps few files open, however many shards there are', async () => {
    mkdirSync(at('many'));
    const shard = readFileSync(write('one.tar', tarEntry('x', Buffer.alloc(0))));
    for (let i = 0; i < 300; i++) {
      const entry = tarEntry(`${i}.png`, pngs[i % 8]!);
      writeFileSync(at(`many/s-${i}.tar`), Buffer.concat([entry, shard]));
    }
    const source = await openImages(at('many'));
    const bytes = await Promise.all(source.names.map((_, i) => source.read(i)));
    for (const [i, name] of source.names.entries()) {
      expect(pngs[Number.parseInt(name, 10) % 8]!.equals(bytes[i]!)).toBe(true);
    }
    await source.close();
  });
});
