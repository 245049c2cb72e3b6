import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExperimentOutput, runExperiment } from '../../../src/studies/run.ts';

const experiment = new URL('../../../experiments/estimators.json', import.meta.url).pathname;
const settings = [
  'dimension=6',
  'stands_for=48',
  'sizes=[300,600]',
  'repetitions=10',
  'mechanisms=["power-law-1.25","relu"]',
  'methods=["plug-in","jackknife","analytic-fourth-2"]',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bake-off-'));
});
afterAll(() => rm(folder, { recursive: true }));

function run(name: string, overrides: readonly string[] = []): Promise<ExperimentOutput> {
  return runExperiment(experiment, {
    out: join(folder, name),
    overrides: [...settings, ...overrides],
    services: {
      command: ['study'],
      workers: 1,
      restart: false,
      signal: new AbortController().signal,
      progress: () => ({ update() {}, stop() {} }),
      openSide: () => Promise.reject(new Error('no side is needed')),
      sweep: () => Promise.reject(new Error('no sweep is needed')),
    },
  });
}

const read = (name: string, file: string) => readFile(join(folder, name, file), 'utf8');

describe('the bake-off', () => {
  it('writes its tables, a chart and what it recommends', async () => {
    const { lines, files } = await run('first');
    expect(lines.join('\n')).toMatch(/N = 600: [\w-]+, median RMSE/);
    expect(files.map((file) => file.split('/').at(-1))).toEqual([
      'performance.csv',
      'standings.csv',
      'claim.csv',
      'coverage.csv',
      'timings.csv',
      'manifest.json',
      'rmse-against-n.vl.json',
      'rmse-against-n.svg',
      'rmse-against-n.png',
      'report.html',
    ]);
    expect(lines.join('\n')).toContain('% on the worst surrogate');
    // Two surrogates of two kinds at two sizes, three methods, seven measures.
    const performance = (await read('first', 'performance.csv')).trim().split('\n');
    expect(performance).toHaveLength(1 + 2 * 2 * 2 * 3 * 7);
    const timings = (await read('first', 'timings.csv')).trim().split('\n');
    expect(timings).toHaveLength(1 + 2 * 3);
  });

  it('gives the same bytes however often it is interrupted', async () => {
    const { lines } = await run('second', ['repetitions=1']);
    expect(lines.join('\n')).toContain('no estimator is recommended');
    await run('second');
    for (const file of ['performance.csv', 'standings.csv', 'claim.csv', 'coverage.csv']) {
      expect(await read('second', file)).toBe(await read('first', file));
    }
  });

  it('refuses an estimator that does not exist', async () => {
    await expect(run('third', ['methods=["plugin"]'])).rejects.toThrow('unknown estimator: plugin');
  });
});
