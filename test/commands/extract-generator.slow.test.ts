import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { extractCommand } from '../../src/commands/extract.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { extract } from '../../src/embeddings/extract-images.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyExtractor, tinyModel } from '../embeddings/tiny-extractor.ts';
import { convGenerator, plainDescription, tinyGenerator } from '../generators/tiny-generators.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = tinyModel(at('tiny.onnx'));

beforeEach(() => vi.stubEnv('STUDY_CACHE', at('cache')));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(at('cache'), { recursive: true, force: true });
});

const drawing = (count: number, ...flags: string[]) =>
  runCommand(extractCommand(), [
    ...['--model', model, '--generator', convGenerator, '--count', String(count)],
    ...flags,
  ]);

describe('an extraction from a generator', () => {
  it('goes on where it was stopped', async () => {
    const extractor = tinyExtractor(at('stopped.onnx'));
    const whole = await extract(`${convGenerator}:400`, { model: extractor, batchSize: 8 });
    const expected = new Float32Array(2000);
    whole.embeddings.readBlock(0, 400, expected);
    whole.embeddings.close();
    rmSync(at('cache'), { recursive: true, force: true });

    const controller = new AbortController();
    const stopped = extract(`${convGenerator}:400`, {
      model: extractor,
      batchSize: 8,
      signal: controller.signal,
      onProgress({ phase, done }) {
        if (phase === 'extracting' && done >= 140) controller.abort(new Error('stopped'));
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    const resumed = await extract(`${convGenerator}:400`, { model: extractor, batchSize: 8 });
    expect(resumed.resumed).toBeGreaterThan(0);
    expect(resumed.resumed).toBeLessThan(400);
    const values = new Float32Array(2000);
    resumed.embeddings.readBlock(0, 400, values);
    resumed.embeddings.close();
    expect(values).toEqual(expected);
  });
});

describe('study sweep --generator', () => {
  const sweep = async (...flags: string[]) => {
    const { path } = await writePool(folder, 60, 5, 'reference');
    const sides = ['--reference', path, '--model', model, '--sizes', '8,16', '--seeds', '2'];
    return runCommand(sweepCommand(), [...sides, '--workers', '1', ...flags]);
  };

  const estimateColumn = (name: string) =>
    readFileSync(at(`${name}/estimates.csv`), 'utf8')
      .split('\n')[0]!
      .split(',')
      .indexOf('estimate');

  it('draws from a generator’s images, and keeps the shares of balanced classes', async () => {
    const flags = ['--generator', convGenerator, '--count', '64', '--out', at('sweep')];
    const lines = await sweep(...flags);
    expect(lines.join('\n')).toContain('4 draws');
    const { settings, inputs } = JSON.parse(readFileSync(at('sweep/manifest.json'), 'utf8'));
    const path = `${convGenerator}:64:0`;
    expect(settings).toMatchObject({ generated: path, labels: path });
    expect(inputs.labels).toMatchObject({ count: 4, smallest: 16, largest: 16 });

    // The same as from the extracted folder with the written labels.
    await drawing(64, '--out', at('drawn'));
    const folderFlags = ['--generated', at('drawn'), '--labels', at('drawn/labels.txt')];
    const { path: reference } = await writePool(folder, 60, 5, 'reference');
    await runCommand(sweepCommand(), [
      ...['--reference', reference, '--sizes', '8,16', '--seeds', '2', '--workers', '1'],
      ...[...folderFlags, '--experiment', 'same', '--out', at('same')],
    ]);
    const estimates = (name: string) =>
      readFileSync(at(`${name}/estimates.csv`), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',').at(estimateColumn(name)));
    expect(estimates('sweep')).toEqual(estimates('same'));
  });

  it('has no shares to keep without classes, or where these are random', async () => {
    const random = { ...plainDescription, note: 'without classes' };
    const path = tinyGenerator(at('classless.onnx'), {}, random);
    await sweep(
      '--generator',
      path,
      '--count',
      '20',
      '--generator-seed',
      '3',
      '--out',
      at('plain-sweep'),
    );
    const { settings } = JSON.parse(readFileSync(at('plain-sweep/manifest.json'), 'utf8'));
    expect(settings.generated).toBe(`${path}:20:3`);
    expect(settings.labels).toBeUndefined();
  });
});
