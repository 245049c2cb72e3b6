import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inlineEngine } from '../../src/draws/inline.ts';
import { StudyError } from '../../src/errors.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { sweepManifest, writeSweep } from '../../src/sweep/files.ts';
import type { SweepInputs } from '../../src/sweep/inputs.ts';
import { runSweep, sweepIdentity } from '../../src/sweep/run.ts';
import { parseSettings, type SweepInput } from '../../src/sweep/settings.ts';
import { readEstimates } from '../../src/tables/estimates.ts';
import { readPerformance } from '../../src/tables/performance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { poolInputsOf, smallInputs } from './small.ts';

const folder = temporaryFolder();
const engine = inlineEngine(fastAlgebra(1));

async function swept(inputs: SweepInputs, more: SweepInput = {}) {
  const settings = parseSettings({ sizes: [50, 100], seeds: 2, ...more });
  const result = await runSweep(settings, inputs, { engine });
  const manifest = sweepManifest(settings, inputs, result, ['study', 'sweep', '--seeds', '2']);
  return { settings, result, manifest };
}

async function write(name: string, more: SweepInput = {}) {
  const { settings, result, manifest } = await swept(await smallInputs(), more);
  const paths = await writeSweep(join(folder, name), settings, result, manifest);
  return { result, manifest, paths };
}

describe('sweepManifest', () => {
  it('holds everything needed to run the sweep again', async () => {
    const header = { aims: 'to see' };
    const inputs = await smallInputs();
    const { settings, manifest } = await swept(inputs, { header, study_seed: 5 });
    const read = JSON.parse(JSON.stringify(manifest));
    expect(parseSettings(read.settings)).toEqual(settings);
    expect(read.settings.header).toEqual(header);
    expect(read).toMatchObject({
      format: 'fid-study sweep 1',
      command: ['study', 'sweep', '--seeds', '2'],
      sweep: sweepIdentity(settings, inputs),
      inputs: { surrogate: { name: 'small' } },
      environment: { libraries: { 'onnxruntime-node': expect.any(String) } },
    });
  });

  it('says what the numbers are compared with', async () => {
    const { manifest, result } = await swept(await smallInputs());
    expect(manifest).toMatchObject({
      pool: null,
      reference_size: null,
      summary: result.summary,
      estimand: result.estimand,
      population: { distance: expect.closeTo(0.2, 12) },
      fit: { sizes: [50, 100], slope: expect.any(Number) },
      title: 'surrogate small, 2 seeds',
    });
  });

  it('says how draws from a pool were made', async () => {
    const { manifest } = await swept(await poolInputsOf(folder, 100), { seeds: 1 });
    expect(manifest).toMatchObject({ pool: 100, reference_size: 100, title: 'pool, 1 seed' });
    const fact = (label: string) => manifest.facts.find((other) => other.label === label)?.value;
    expect(fact('draws')).toBe('from a pool of 100 without replacement, sizes of a seed nested');
    expect(fact('reference')).toBe('100 samples');
    expect(fact('sizes')).toBe('50, 100');
    expect(fact('seeds')).toBe('1 of study seed 0');
    expect(manifest.notes).toEqual([
      expect.stringContaining('the reference has only 100 images'),
      expect.stringContaining('share the rows of one pool'),
    ]);
  });

  it('says that moments were drawn directly, and that no sizes were nested then', async () => {
    const { manifest } = await swept(await smallInputs(true), { exact_moments: true });
    expect(manifest.facts).toContainEqual({
      label: 'draws',
      value: 'fresh for every seed, moments drawn directly',
    });
  });
});

describe('writeSweep', () => {
  it('writes three files that read back as they were, and nothing else', async () => {
    const { result, manifest, paths } = await write('written');
    const names = ['estimates.csv', 'performance.csv', 'manifest.json'];
    expect(paths).toEqual(names.map((name) => join(folder, 'written', name)));
    expect(readdirSync(join(folder, 'written')).sort()).toEqual(names.sort());
    expect(await readEstimates(paths[0]!)).toEqual(
      result.estimates.map((row) => ({ ...row, seconds: null })),
    );
    expect(await readPerformance(paths[1]!)).toEqual(result.performance);
    const text = readFileSync(paths[2]!, 'utf8');
    const { files, seal, ...rest } = JSON.parse(text);
    expect(rest).toEqual(JSON.parse(JSON.stringify(manifest)));
    expect(seal).toMatch(/^[0-9a-f]{64}$/);
    const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(files).toEqual({
      'estimates.csv': sha256(paths[0]!),
      'performance.csv': sha256(paths[1]!),
    });
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('gives the same bytes for the same sweep: no clock in any file', async () => {
    const [one, two] = [(await write('one')).paths, (await write('two')).paths];
    for (const [i, path] of one.entries()) {
      expect(readFileSync(path).equals(readFileSync(two[i]!))).toBe(true);
    }
  });

  it('fills in the seconds only when asked to', async () => {
    const { paths, result } = await write('timed', { timings: true });
    const rows = await readEstimates(paths[0]!);
    expect(rows.map(({ seconds }) => seconds)).toEqual(
      result.estimates.map(({ seconds }) => seconds),
    );
    for (const { seconds } of rows) expect(seconds).toBeGreaterThan(0);
  });

  it('names what is in the way, and leaves nothing half-written', async () => {
    mkdirSync(join(folder, 'taken', 'estimates.csv'), { recursive: true });
    const attempt = write('taken');
    await expect(attempt).rejects.toThrow(StudyError);
    await expect(attempt).rejects.toThrow(/estimates\.csv is a folder, not a file/);
    expect(readdirSync(join(folder, 'taken'))).toEqual(['estimates.csv']);
  });
});
