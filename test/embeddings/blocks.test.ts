import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { readStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { extractCommand } from '../../src/commands/extract.ts';
import { workerCommand } from '../../src/commands/worker.ts';
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
const count = 60;
const values = Uint8Array.from({ length: count * 12 }, (_, i) => (i * 31 + (i >> 7) * 13) % 251);
await writeNpz(at('images.npz'), { arr_0: { shape: [count, 2, 2, 3], values } });
const images = ['--images', at('images.npz'), '--model', model];

afterEach(() => {
  process.exitCode = undefined;
});

const study = (...flags: string[]) => runCommand(extractCommand(), flags);
const worker = (...flags: string[]) => runCommand(workerCommand(), flags);
const bytesIn = (out: string, name: string) => readFileSync(join(at(out), name));
const array = (out: string, ...more: string[]) =>
  study(...images, '--out', at(out), '--engine', 'array', '--tasks', '3', ...more);
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

describe('a set of one block', () => {
  it('is the same by an array job as by one machine, byte for byte', async () => {
    await study(...images, '--out', at('alone'), '--deterministic', '--networks', '1');
    await inParts('features', 2);
    for (const name of ['features.npy', 'names.txt', 'manifest.json']) {
      expect([name, bytesIn('features', name).equals(bytesIn('alone', name))]).toEqual([
        name,
        true,
      ]);
    }
    const features = await openEmbeddings(at('features'));
    const expected = await statisticsOfFeatures(features);
    features.close();
    await inParts('moments', 1, '--moments');
    await study(...images, '--moments', '--out', at('moments-alone'));
    for (const name of ['statistics.npz', 'manifest.json']) {
      expect(bytesIn('moments', name).equals(bytesIn('moments-alone', name))).toBe(true);
    }
    const { mean, covariance } = await readStatisticsNpz(join(at('moments'), 'statistics.npz'));
    const scale = Math.max(...expected.covariance);
    for (const [i, value] of mean.entries()) expect(value).toBeCloseTo(expected.mean[i]!, 12);
    for (const [k, value] of covariance.entries()) {
      expect(Math.abs(value - expected.covariance[k]!)).toBeLessThan(1e-12 * scale);
    }
    expect(readdirSync(join(cache, 'blocks'))).toEqual([]);
  });

  it('are not made by a worker that has another model, other images or other flags than the job', async () => {
    const own = at('own');
    mkdirSync(own);
    for (const name of ['tiny.onnx', 'tiny.json', 'tiny.onnx.json']) {
      try {
        copyFileSync(at(name), join(own, name));
      } catch {
        // Whichever of them is the description.
      }
    }
    const set = join(own, 'images.npz');
    const few = { arr_0: { shape: [40, 2, 2, 3], values: values.slice(0, 480) } };
    await writeNpz(set, few);
    const flags = ['--images', set, '--model', join(own, 'tiny.onnx'), '--out', at('other')];
    await study(...flags, '--engine', 'array');
    await writeNpz(set, { arr_0: { shape: [30, 2, 2, 3], values: values.slice(0, 360) } });
    await expect(worker(at('other'), '--part', '0', '--of', '1')).rejects.toThrow(
      /holds other images here than where the job was prepared: 30, not 40/,
    );
    await writeNpz(set, few);
    const network = readFileSync(join(own, 'tiny.onnx'));
    writeFileSync(join(own, 'tiny.onnx'), Buffer.concat([network, Buffer.from([0x2a, 0x00])]));
    await expect(worker(at('other'), '--part', '0', '--of', '1')).rejects.toThrow(
      /is another build than the one|rounds otherwise/,
    );
    expect(() => readdirSync(join(at('other'), 'array', 'parts'))).toThrow();
    rmSync(own, { recursive: true });
  });

  it('are made again where an image was changed after the job was prepared', async () => {
    const set = at('changing.npz');
    const flags = ['--images', set, '--model', model, '--out', at('changed'), '--engine', 'array'];
    await writeNpz(set, { arr_0: { shape: [40, 2, 2, 3], values: values.slice(0, 480) } });
    await study(...flags);
    await worker(at('changed'), '--part', '0', '--of', '1');
    await writeNpz(set, { arr_0: { shape: [40, 2, 2, 3], values: values.slice(12, 492) } });
    utimesSync(set, 1, 1);
    process.exitCode = undefined;
    await study(...flags);
    expect(process.exitCode).toBe(3);
  });

  it('leave out bad images as one machine does', async () => {
    const set = at('set');
    mkdirSync(set);
    const { picture, png } = await import('../images/sources.ts');
    for (let i = 0; i < 7; i++) writeFileSync(join(set, `${i}.png`), await png(picture(i)));
    writeFileSync(join(set, '3.png'), 'no picture');
    const flags = ['--images', set, '--model', model];
    await study(...flags, '--out', at('bad-alone'), '--deterministic', '--skip-bad');
    const job = [...flags, '--out', at('bad'), '--engine', 'array'];
    await study(...job);
    await expect(worker(at('bad'), '--part', '0', '--of', '1')).rejects.toThrow(/cannot decode/);
    await study(...job, '--skip-bad');
    await worker(at('bad'), '--part', '0', '--of', '1');
    await study(...job, '--skip-bad');
    for (const name of ['features.npy', 'names.txt', 'manifest.json']) {
      expect(bytesIn('bad', name).equals(bytesIn('bad-alone', name))).toBe(true);
    }
  });

  it('of features elsewhere are not written over, nor inside the images', async () => {
    await expect(study(...images, '--moments', '--out', at('alone'))).rejects.toThrow(
      /holds features of study extract, which would be overwritten/,
    );
    const inside = ['--images', dirname(at('images.npz')), '--model', model];
    await expect(study(...inside, '--moments', '--out', at('inside'))).rejects.toThrow();
  });
});
