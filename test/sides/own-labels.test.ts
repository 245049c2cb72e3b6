import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { extract } from '../../src/embeddings/extract-images.ts';
import { labelsOfSide } from '../../src/sides/labels.ts';
import { openSide } from '../../src/sides/open.ts';
import type { FeaturesSide } from '../../src/sides/side.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { tarEnd, tarEntry } from '../downloads/tar.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import { tinyBatch } from '../images/datasets/tiny.ts';
import { setFile } from '../images/sets.ts';
import { picture, png } from '../images/sources.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { parquetOf } from './every-kind.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const model = tinyModel(at('tiny.onnx'));
const classes = [0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 1, 0];
let images: Buffer[];

beforeAll(async () => {
  vi.stubEnv('STUDY_CACHE', at('cache'));
  images = await Promise.all(classes.map((_, i) => png(picture(i))));
  const name = (i: number) => String(i).padStart(2, '0');
  const entries = images.flatMap((image, i) => [
    tarEntry(`${name(i)}.cls`, Buffer.from(String(classes[i]))),
    tarEntry(`${name(i)}.png`, image),
  ]);
  writeFileSync(at('set.tar'), Buffer.concat([...entries, tarEnd]));
  writeFileSync(at('set.parquet'), parquetOf(images, classes));
  mkdirSync(at('flat'));
  for (const [i, image] of images.entries()) {
    mkdirSync(at('folders', String(classes[i])), { recursive: true });
    writeFileSync(at('folders', String(classes[i]), `${name(i)}.png`), image);
    writeFileSync(at('flat', `${name(i)}.png`), image);
  }
});

async function labelled(path: string, options = {}): Promise<readonly number[]> {
  const side = (await openSide(path, options)) as FeaturesSide;
  try {
    const { classes: codes, count } = await labelsOfSide('auto', side);
    expect(count).toBe(new Set(codes).size);
    return [...codes];
  } finally {
    side.close();
  }
}

/** Classes in the order in which they come, as numbers. */
function inOrder(names: readonly unknown[]): number[] {
  const seen = [...new Set(names)];
  return names.map((name) => seen.indexOf(name));
}

describe('the classes of a set’s own images', () => {
  it('are .cls members, a column, folders: equal for the same images, by row', async () => {
    expect(await labelled(at('set.tar'), { model })).toEqual(inOrder(classes));
    expect(await labelled(at('set.parquet'), { model })).toEqual(inOrder(classes));
    const sorted = [...classes].sort();
    expect(await labelled(at('folders'), { model })).toEqual(inOrder(sorted));
    const some = { model, selection: { limit: 5, seed: 3 } };
    expect(await labelled(at('set.tar'), some)).toEqual(await labelled(at('set.parquet'), some));
  });

  it('are those of CIFAR-10’s records and of arr_1', async () => {
    writeFileSync(at('batch.bin'), tinyBatch(6, 3));
    const bytes = readFileSync(at('batch.bin'));
    const labels = Array.from({ length: 6 }, (_, i) => bytes[3073 * i]);
    expect(await labelled(at('batch.bin'), { model })).toEqual(inOrder(labels));
    expect(await labelled(setFile('adm.npz'), { model })).toEqual([0, 1, 0, 1]);
  });

  it('stay with extracted features, also where images were skipped', async () => {
    const broken = images.flatMap((image, i) => [
      tarEntry(`${10 + i}.png`, i === 4 ? Buffer.from('no image') : image),
      tarEntry(`${10 + i}.cls`, Buffer.from(String(classes[i]))),
    ]);
    writeFileSync(at('broken.tar'), Buffer.concat([...broken, tarEnd]));
    const out = at('features');
    const { embeddings } = await extract(at('broken.tar'), { model, out, skipBad: true });
    embeddings.close();
    const expected = inOrder(classes.filter((_, i) => i !== 4));
    expect(await labelled(out)).toEqual(expected);
    // Of other features they are not.
    const other = await extract(at('flat'), { model, out });
    other.embeddings.close();
    await expect(labelled(out)).rejects.toThrow('does not say the classes of its images');
  });

  it('are asked for by --labels auto, as by a file of them', async () => {
    const reference = (await writePool(folder, 40, 5, 'reference')).path;
    const entries: Buffer[] = [];
    for (let i = 0; i < 36; i++) {
      entries.push(tarEntry(`${10 + i}.cls`, Buffer.from(String(i % 3))));
      entries.push(tarEntry(`${10 + i}.png`, await png(picture(100 + i))));
    }
    writeFileSync(at('more.tar'), Buffer.concat([...entries, tarEnd]));
    writeFileSync(at('labels.txt'), Array.from({ length: 36 }, (_, i) => i % 3).join('\n'));
    const run = async (labels: string) => {
      const args = [at('more.tar'), '--reference', reference, '--model', model];
      const flags = ['--labels', labels, '--json', '--no-kid', '--sizes', '10'];
      return JSON.parse((await runCommand(estimateCommand(), [...args, ...flags])).join(''));
    };
    const [own, given] = [await run('auto'), await run(at('labels.txt'))];
    expect(own.labels.path).toBe(`the .cls members of ${at('more.tar')}`);
    expect({ ...own, labels: null }).toEqual({ ...given, labels: null });
  });

  it('are refused where there are none, some are missing, or several columns have them', async () => {
    await expect(labelled(at('flat'), { model })).rejects.toMatchObject({
      message: `--labels auto, but ${at('flat')} does not say the classes of its images`,
      hint: expect.stringContaining('--labels FILE'),
    });
    await expect(labelled(setFile('two-labels.parquet'), { model })).rejects.toThrow(
      'several columns of classes',
    );
    const half = [tarEntry('0.png', images[0]!), tarEntry('0.cls', Buffer.from('1'))];
    writeFileSync(at('half.tar'), Buffer.concat([...half, tarEntry('1.png', images[1]!), tarEnd]));
    await expect(labelled(at('half.tar'), { model })).rejects.toThrow(
      `1 of 2 images in ${at('half.tar')} have no class by the .cls members: 1.png`,
    );
  });

  it('are refused where their file was changed', async () => {
    const out = at('changed');
    (await extract(at('set.tar'), { model, out })).embeddings.close();
    const file = join(out, 'image-labels.json');
    const text = readFileSync(file, 'utf8');
    for (const [from, to] of [
      ['"rows":"0 ', '"rows":"'],
      ['"rows":"0 ', '"rows":"9 '],
      ['"rows":"0 ', '"rows":"x '],
      ['labels 1', 'labels 9'],
      ['{', ''],
    ] as const) {
      writeFileSync(file, text.replace(from, to));
      await expect(labelled(out)).rejects.toThrow('image-labels.json');
    }
    rmSync(file);
    await expect(labelled(out)).rejects.toThrow('does not say');
  });
});
