import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openNpyRows } from '../../../src/arrays/npy-file.ts';
import { writeNpyRows } from '../../../src/arrays/npy-writer.ts';
import { stream } from '../../../src/random/stream.ts';
import { openSide } from '../../../src/sides/open.ts';
import { metricsStudy } from '../../../src/studies/metrics/study.ts';
import { poolOf, requireRows, split } from '../../../src/studies/real-images/pool.ts';
import { openSteps } from '../../../src/studies/steps.ts';
import { readEstimates } from '../../../src/tables/estimates.ts';
import { temporaryFolder } from '../../arrays/folder.ts';
import { HEADER } from '../header.ts';
import { normals } from '../real-images/memory-pool.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
const [d, rows, referenceRows] = [8, 300, 120];
const at = (name: string) => join(folder, name);
const small = {
  dimension: d,
  reference: { kind: 'power-law', exponent: 1, trace: 10 },
  generated: { kind: 'discrepancy', mean_term: 0.5, covariance_term: 0.5, exponent: 1 },
};

beforeAll(async () => {
  const write = (name: string, count: number, shift: number) =>
    writeNpyRows(at(`${name}.npy`), d, [Float32Array.from(normals(name, count, d, shift))]);
  await write('clean', rows, 0);
  await write('worse', 80, 0.5);
  writeFileSync(at('small.json'), JSON.stringify({ name: 'small', ...small }));
});

async function run(out: string, real: object) {
  const steps = openSteps(at(out));
  const settings = {
    seeds: 3,
    real: {
      clean: { path: at('clean.npy') },
      corrupted: [{ name: 'shift', path: at('worse.npy') }],
      sizes: [20, 80, 180, 300],
      ...real,
    },
    surrogate: {
      definition: { name: 'gaussian', ...small },
      sizes: [20, 60],
      reference_rows: 60,
      seeds: 2,
    },
    claim: { source: at('small.json'), few: 50, many: 500, seeds: 3 },
  };
  try {
    return await metricsStudy.run({
      experiment: { name: 'metrics', study: 'metrics', header: HEADER, path: 'm.json', settings },
      folder: at(out),
      command: ['study', 'run'],
      workers: 1,
      restart: false,
      signal: new AbortController().signal,
      steps,
      progress: () => ({ update() {}, stop() {} }),
      openSide: (path: string) => openSide(path, {}),
      sweep: () => Promise.reject(new Error('not used')),
    });
  } finally {
    await steps.close();
  }
}

describe('a study of every metric', () => {
  beforeAll(() => run('split', { reference: { rows: referenceRows } }), 120_000);

  it('takes the reference out of the clean images', async () => {
    const { inputs } = JSON.parse(readFileSync(at('split/manifest.json'), 'utf8'));
    expect(inputs.clean.reference).toMatchObject({ rows: referenceRows, part: '120 random rows' });
    expect(inputs.clean.generated).toMatchObject({ rows: 180, part: 'the other rows' });
    expect(inputs.shift.reference).toEqual(inputs.clean.reference);
    const sizes = new Set(
      (await readEstimates(at('split/estimates.csv')))
        .filter(({ experiment }) => experiment === 'clean')
        .map(({ size }) => size),
    );
    expect([...sizes]).toEqual([20, 80, 180]);
  });

  it('finds what it finds when both parts are files', async () => {
    const whole = poolOf('clean', requireRows(await openSide(at('clean.npy'), {})));
    const parts = split(whole, referenceRows, stream(0, 'reference'));
    const read = new Set<number>();
    for (const [i, part] of parts.entries()) {
      const values = new Float64Array(part.rows * d);
      part.readBlock(0, part.rows, values);
      await writeNpyRows(at(`part-${i}.npy`), d, [Float32Array.from(values)]);
      for (let k = 0; k < values.length; k += d) read.add(values[k]!);
    }
    whole.close();
    // No row is on both sides, and none is lost.
    expect(read.size).toBe(rows);
    expect(openNpyRows(at('part-1.npy')).rows).toBe(rows - referenceRows);
    await run('files', {
      reference: { path: at('part-0.npy') },
      clean: { path: at('part-1.npy') },
    });
    const estimates = async (out: string) =>
      (await readEstimates(at(`${out}/estimates.csv`)))
        .filter(({ experiment, size }) => experiment === 'clean' && size === 180)
        .map(({ metric, estimate }) => [metric, estimate]);
    const [split_, files] = [await estimates('split'), await estimates('files')];
    expect(files.length).toBeGreaterThan(5);
    expect(files.map(([metric]) => metric)).toEqual(split_.map(([metric]) => metric));
    for (const [i, [, value]] of files.entries()) {
      expect(value).toBeCloseTo(split_[i]![1] as number, 6);
    }
  });

  it('says by which method each error of the claim was found', () => {
    const [header, ...claim] = readFileSync(at('split/claim.csv'), 'utf8').trim().split('\n');
    expect(header).toMatch(/^metric,method,size,/);
    expect(claim.map((row) => row.split(',').slice(0, 3).join(' '))).toEqual([
      'fid plug-in 50',
      'fid plug-in 500',
      'fid random-matrix-rows 50',
      'mind plug-in 50',
    ]);
  });

  it('says what a reference may be', async () => {
    await expect(run('none', { reference: 'x.npy' })).rejects.toThrow(
      'expected { "path": FEATURES } or { "rows": N }',
    );
    await expect(run('none', { reference: { rows: -3 } })).rejects.toThrow('>=2');
  });

  it('leaves images to compare with the reference', async () => {
    await expect(run('none', { reference: { rows } })).rejects.toThrow(
      'clean has 300 images, and 300 are to be the reference',
    );
  });
});
