import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../../src/arrays/npy-writer.ts';
import { openSide } from '../../../src/sides/open.ts';
import type { SideSettings, StudyContext } from '../../../src/studies/kind.ts';
import { realImagesStudy } from '../../../src/studies/real-images/study.ts';
import { openSteps } from '../../../src/studies/steps.ts';
import { readEstimates } from '../../../src/tables/estimates.ts';
import { readPerformance } from '../../../src/tables/performance.ts';
import { temporaryFolder } from '../../arrays/folder.ts';
import { HEADER } from '../header.ts';
import { normals } from './memory-pool.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
const d = 8;
// Isotropic Gaussians: C = d²/4 + 5d/4, see docs/theory.md, section 3.
const C = (d * d) / 4 + (5 * d) / 4;

/** In the place of images: features by what is done to them. The shift is what corrupts. */
const sets: Readonly<Record<string, readonly [rows: number, shift: number]>> = {
  train: [4000, 0],
  test: [1000, 0],
  clean: [800, 0],
  'jpeg:90': [800, 0.06],
  'noise:1': [800, 0.12],
};

beforeAll(async () => {
  for (const [name, [rows, shift]] of Object.entries(sets)) {
    const key = shift > 0 ? 'clean' : name;
    const features = Float32Array.from(normals(key, rows, d, shift));
    await writeNpyRows(join(folder, `${name}.npy`), d, [features]);
  }
});

const settings = {
  model: 'net',
  train: { images: 'train' },
  test: { images: 'test', glob: 'test/**' },
  sizes: [50, 500, 1000, 2000, 4000],
  seeds: 4,
  corrupted: { limit: 800, seed: 2, corruptions: ['noise:1', 'jpeg:90'], sizes: '100,200,800' },
  kid: { rows: 800, block: 50 },
};

async function run(out: string, changes: object = {}, workers = 1) {
  const steps = openSteps(out);
  const context: StudyContext = {
    experiment: {
      name: 'real',
      study: 'real-images',
      header: HEADER,
      path: 'real.json',
      settings: { ...settings, ...changes },
    },
    folder: out,
    command: ['study', 'run'],
    workers,
    restart: false,
    signal: new AbortController().signal,
    steps,
    progress: () => ({ update() {}, stop() {} }),
    openSide(images: string, { selection: { limit, corrupt } = {} }: SideSettings = {}) {
      const name = corrupt ?? (limit === undefined ? images : 'clean');
      return openSide(join(folder, `${name}.npy`), {});
    },
    sweep: () => Promise.reject(new Error('not used')),
  };
  try {
    return await realImagesStudy.run(context);
  } finally {
    await steps.close();
  }
}

const out = join(folder, 'out');
let lines: readonly string[];
beforeAll(async () => {
  lines = (await run(out)).lines;
});

describe('a study of real images', () => {
  it('compares a null, both ways of train and test, and the corruptions', async () => {
    const estimates = await readEstimates(join(out, 'estimates.csv'));
    const sizes = (experiment: string) => [
      ...new Set(estimates.filter((row) => row.experiment === experiment).map(({ size }) => size)),
    ];
    expect([...new Set(estimates.map(({ experiment }) => experiment))]).toEqual([
      'null',
      'train against test',
      'test against train',
      'clean',
      'noise:1',
      'jpeg:90',
    ]);
    expect(sizes('null')).toEqual([50, 500, 1000, 2000]);
    expect(sizes('train against test')).toEqual([50, 500, 1000, 2000, 4000]);
    expect(sizes('test against train')).toEqual([50, 500, 1000]);
    expect(sizes('jpeg:90')).toEqual([100, 200, 800]);
  });

  it('finds the bias of Gaussian features where the truth is 0', async () => {
    const performance = await readPerformance(join(out, 'performance.csv'));
    for (const size of [500, 1000]) {
      const bias = performance.find(
        (row) => row.experiment === 'null' && row.size === size && row.measure === 'bias',
      )!;
      const predicted = C * (1 / size + 1 / 2000);
      // One reference for all seeds: its own error does not average out.
      expect(Math.abs(bias.value! / predicted - 1)).toBeLessThan(0.25);
    }
  });

  it('gives the constants that the formula has', () => {
    const [header, ...rows] = readFileSync(join(out, 'constants.csv'), 'utf8').trim().split('\n');
    const column = (name: string) => header!.split(',').indexOf(name);
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const fields = row.split(',');
      expect(Math.abs(Number(fields[column('gaussian')]) / C - 1)).toBeLessThan(0.06);
      expect(Math.abs(Number(fields[column('fourth')]) / C - 1)).toBeLessThan(0.12);
    }
  });

  it('gives the whole of test against train the same FID either way', async () => {
    const estimates = await readEstimates(join(out, 'estimates.csv'));
    const whole = (experiment: string, size: number) =>
      estimates.find((row) => row.experiment === experiment && row.size === size)!.estimate!;
    const [there, back] = [whole('train against test', 4000), whole('test against train', 1000)];
    expect(Math.abs(there / back - 1)).toBeLessThan(1e-9);
  });

  it('ranks the sets by what was done to them, and says when fewer images reverse that', () => {
    const rows = readFileSync(join(out, 'reversals.csv'), 'utf8').trim().split('\n').slice(1);
    const pairs = new Set(
      rows.map((row) =>
        row
          .split(',')
          .filter((_, i) => i % 2 === 1)
          .slice(0, 2)
          .join(),
      ),
    );
    expect([...pairs]).toEqual(['clean,jpeg:90', 'clean,noise:1', 'jpeg:90,noise:1']);
    // FIDs apart by 8 · 0.12², with a bias of 26/100 or 26/800.
    const reversed = rows.find((row) => row.startsWith('FID,clean,100,noise:1,800,'))!.split(',');
    expect(Number(reversed[7])).toBe(1);
    const same = rows.find((row) => row.startsWith('FID,clean,800,noise:1,800,'))!.split(',');
    expect(Number(same[7])).toBe(0);
    const kid = rows.find((row) => row.startsWith('KID,clean,100,noise:1,800,'))!.split(',');
    expect(Number(kid[7])).toBeLessThan(0.5);
  });

  it('has a KID without bias for every set', () => {
    const rows = readFileSync(join(out, 'kid.csv'), 'utf8').trim().split('\n').slice(1);
    const mean = (experiment: string, size: number) => {
      const of = rows
        .map((row) => row.split(','))
        .filter(([e, n]) => e === experiment && n === String(size));
      return of.reduce((sum, row) => sum + Number(row[3]), 0) / of.length;
    };
    const [few, all] = [mean('noise:1', 100), mean('noise:1', 800)];
    expect(all).toBeGreaterThan(0.01);
    expect(Math.abs(few / all - 1)).toBeLessThan(0.5);
    expect(Math.abs(mean('clean', 800))).toBeLessThan(0.2 * all);
  });

  it('draws its charts and says what it found', () => {
    const files = readdirSync(out);
    for (const chart of [
      'null',
      'law',
      'kid-against-n',
      'train-against-test',
      'fid-of-corruptions',
      'kid-of-corruptions',
    ]) {
      for (const kind of ['vl.json', 'svg', 'png']) expect(files).toContain(`${chart}.${kind}`);
    }
    expect(lines.at(-1)).toContain('two halves of one set, whose true FID is 0, score');
    expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))).toMatchObject({
      format: 'fid-study study 1',
      study: 'real-images',
      header: HEADER,
      inputs: { null: { generated: { part: 'the other half', rows: 2000 } } },
    });
  });

  it('gives the same bytes again, from finished steps or from nothing, for any number of workers', async () => {
    const names = readdirSync(out).filter((name) => /\.(csv|json|svg|png)$/.test(name));
    const bytes = () => names.map((name) => readFileSync(join(out, name), 'latin1'));
    const before = bytes();
    await run(out);
    expect(bytes()).toEqual(before);
    rmSync(out, { recursive: true });
    await run(out, {}, 2);
    expect(bytes()).toEqual(before);
  });

  it('refuses settings that do not hold', async () => {
    await expect(run(out, { seeds: 1 })).rejects.toThrow('seeds');
    await expect(run(out, { train: 'train' })).rejects.toThrow('train');
  });
});
