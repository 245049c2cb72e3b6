import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { readStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { extractCommand } from '../../src/commands/extract.ts';
import { workerCommand } from '../../src/commands/worker.ts';
import { readNames } from '../../src/embeddings/names.ts';
import { openEmbeddings } from '../../src/embeddings/open.ts';
import { statisticsOfFeatures } from '../../src/metrics/features.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { tinyModel } from './tiny-extractor.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const cache = at('cache');
process.env.STUDY_CACHE = cache;
const model = tinyModel(at('tiny.onnx'));
// Three blocks: 8,192, 8,192 and 616 images.
const count = 17_000;
const values = Uint8Array.from({ length: count * 12 }, (_, i) => (i * 31 + (i >> 7) * 13) % 251);
await writeNpz(at('images.npz'), { arr_0: { shape: [count, 2, 2, 3], values } });
const images = ['--images', at('images.npz'), '--model', model];

afterEach(() => {
  process.exitCode = undefined;
});

const study = (...flags: string[]) => runCommand(extractCommand(), flags);
const worker = (...flags: string[]) => runCommand(workerCommand(), flags);
const bytesIn = (out: string, name: string) => readFileSync(join(at(out), name));
const manifestIn = (out: string) => JSON.parse(bytesIn(out, 'manifest.json').toString('utf8'));
const array = (out: string, ...more: string[]) =>
  study(...images, '--out', at(out), '--engine', 'array', '--tasks', '3', ...more);
const partsIn = (out: string): string[] =>
  readdirSync(join(at(out), 'array', 'parts'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.part'))
    .map((name) => join(at(out), 'array', 'parts', name));

/** Prepares, makes all parts of k in an order of their own, and gathers. */
async function inParts(out: string, k: number, ...more: string[]): Promise<void> {
  await array(out, ...more);
  expect(process.exitCode).toBe(3);
  for (let part = k - 1; part >= 0; part--) {
    await worker(at(out), '--part', String(part), '--of', String(k), '--workers', '1');
  }
  process.exitCode = undefined;
  await array(out, ...more);
  expect(process.exitCode).toBe(undefined);
}

beforeAll(async () => {
  await study(...images, '--out', at('alone'), '--deterministic', '--networks', '1');
});

describe('features extracted in blocks by an array job', () => {
  it.each([1, 2, 4])('are the files of one machine, byte for byte, in %i parts', async (k) => {
    const out = `features-${k}`;
    await inParts(out, k);
    for (const name of ['features.npy', 'names.txt', 'manifest.json']) {
      expect([name, bytesIn(out, name).equals(bytesIn('alone', name))]).toEqual([name, true]);
    }
    expect(await readNames(at(out))).toHaveLength(count);
  });

  it('are gathered only whole: parts that are missing or damaged are named, and made again', async () => {
    const out = 'missing';
    const first = await array(out);
    expect(first[0]).toMatch(/3 units of the features of 17000 images by tiny are to be made/);
    await worker(at(out), '--part', '0', '--of', '3');
    await worker(at(out), '--part', '2', '--of', '3');
    expect((await array(out))[0]).toMatch(
      /^1 of 3 units .* are missing, in parts 1 of 3: units 1$/,
    );
    expect(readdirSync(at(out))).toEqual(['array']);
    await worker(at(out), '--part', '1', '--of', '3');
    // A bit of the rows, one of the header, and a file cut short.
    const damages: ((bytes: Buffer) => Uint8Array)[] = [
      (bytes) => bytes.with(bytes.length - 77, bytes.at(-77)! ^ 1),
      (bytes) => bytes.with(120, bytes[120]! ^ 1),
      (bytes) => bytes.subarray(0, bytes.length - 4),
    ];
    for (const damage of damages) {
      const [path] = partsIn(out);
      writeFileSync(path!, damage(readFileSync(path!)));
      process.exitCode = undefined;
      const lines = await array(out);
      expect(process.exitCode).toBe(3);
      const part = /missing, in parts (\d) of 3/.exec(lines[0]!)![1]!;
      expect((await worker(at(out), '--part', part, '--of', '3'))[0]).toMatch(/: 1 units made/);
    }
    process.exitCode = undefined;
    await array(out);
    expect(bytesIn(out, 'features.npy').equals(bytesIn('alone', 'features.npy'))).toBe(true);
  });

  it('are made once by two workers of one part at the same time', async () => {
    const out = 'twice';
    await array(out);
    const both = [
      worker(at(out), '--part', '0', '--of', '1'),
      worker(at(out), '--part', '0', '--of', '1'),
    ];
    await Promise.all(both);
    expect(partsIn(out)).toHaveLength(3);
    process.exitCode = undefined;
    await array(out);
    expect(bytesIn(out, 'features.npy').equals(bytesIn('alone', 'features.npy'))).toBe(true);
  });
});

describe('moments alone', () => {
  it('are those of the features to 1e-12, of the same bytes for any number of parts, and leave no features', async () => {
    const lines = await study(...images, '--moments', '--out', at('moments'));
    expect(lines[0]).toMatch(/^mean and covariance of 17000 images, d = 5, of tiny/);
    expect(lines.at(-1)).toBe(`statistics.npz and manifest.json are in ${at('moments')}`);
    const { mean, covariance } = await readStatisticsNpz(join(at('moments'), 'statistics.npz'));
    const features = await openEmbeddings(at('alone'));
    const expected = await statisticsOfFeatures(features);
    features.close();
    const scale = Math.max(...expected.covariance);
    for (const [i, value] of mean.entries()) expect(value).toBeCloseTo(expected.mean[i]!, 12);
    for (const [k, value] of covariance.entries()) {
      expect(Math.abs(value - expected.covariance[k]!)).toBeLessThan(1e-12 * scale);
    }
    const { images: of, statistics, model: by, ...rest } = manifestIn('moments');
    expect(of).toMatchObject({ count, sha256: manifestIn('alone').images.sha256 });
    expect(by).toMatchObject({ name: 'tiny', dimension: 5 });
    expect(rest).toMatchObject({ format: 'fid-study moments 1', rows: count });
    expect(statistics.file).toBe('statistics.npz');
    // Neither features nor blocks are left anywhere.
    expect(readdirSync(at('moments')).sort()).toEqual(['manifest.json', 'statistics.npz']);
    expect(readdirSync(join(cache, 'blocks'))).toEqual([]);
    for (const k of [1, 2]) {
      await inParts(`moments-${k}`, k, '--moments');
      for (const name of ['statistics.npz', 'manifest.json']) {
        expect(bytesIn(`moments-${k}`, name).equals(bytesIn('moments', name))).toBe(true);
      }
    }
  });
});
