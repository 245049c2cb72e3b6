import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { jitterCommand } from '../../src/commands/jitter.ts';
import { workerCommand } from '../../src/commands/worker.ts';
import { usableProviders } from '../../src/embeddings/provider.ts';
import { corrupted, parseCorruptions } from '../../src/images/corruption.ts';
import { openImages } from '../../src/images/open.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { readJitter } from '../../src/tables/jitter.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture } from '../images/sources.ts';
import { tinyDescription, writeTinyNetwork } from '../models/custom/tiny-network.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
// A user's network, which sees images resized and scaled.
const model = join(folder, 'net.onnx');
writeTinyNetwork(model);
writeFileSync(join(folder, 'net.json'), tinyDescription());

const images = join(folder, 'images.npz');
const [count, side] = [9, 16];
const values = Uint8Array.from({ length: count }, (_, i) => i).reduce(
  (all, i) => {
    all.set(picture(i * 11, side, side), i * side * side * 3);
    return all;
  },
  new Uint8Array(count * side * side * 3),
);
await writeNpz(images, { arr_0: { shape: [count, side, side, 3], values } });

/** In the place of LPIPS: the mean square of the difference, [N, 1, 1, 1] as PyTorch exports it. */
function lpipsModel(path: string): string {
  const graph = new GraphBuilder('lpips');
  const dims = ['n', 3, 'h', 'w'];
  const a = graph.input('in0', 'float32', dims);
  const b = graph.input('in1', 'float32', dims);
  const difference = graph.node('Sub', [a, b]);
  const square = graph.node('Mul', [difference, difference]);
  const axes = { axes: { ints: [1, 2, 3] }, keepdims: { int: 1 } };
  graph.output(graph.node('ReduceMean', [square], axes, 'out'), 'float32', ['n', 1, 1, 1]);
  writeFileSync(path, graph.encode());
  return path;
}

/** Between the images that `--limit` and seed 1 choose and their copies, as a network sees them. */
async function meanSquare(limit: number): Promise<number> {
  const source = await openImages(images, { limit, seed: 1 });
  const copies = corrupted(source, parseCorruptions('jpeg:50'));
  let sum = 0;
  for (let i = 0; i < limit; i++) {
    const bytes = await source.read(i);
    const [a, b] = [(await source.decode(bytes, i)).data, (await copies.decode(bytes, i)).data];
    sum += a.reduce((total, value, k) => total + ((value - b[k]!) / 127.5) ** 2, 0) / a.length;
  }
  await source.close();
  return sum / limit;
}

const flags = ['--images', images, '--model', model, '--limit', '8', '--batch-sizes', '3,32'];

describe('study jitter', () => {
  it('extracts in every way in processes of their own, and writes what changed', async () => {
    const out = join(folder, 'out');
    const lpips = lpipsModel(join(folder, 'lpips.onnx'));
    const more = ['--runs', '1', '--levels', 'all', '--lpips', lpips, '--out', out];
    const lines = await runCommand(jitterCommand(), [...flags, ...more]);
    const rows = await readJitter(join(out, 'jitter.csv'));
    expect(new Set(rows.map(({ variation }) => variation))).toEqual(
      new Set([
        'run 1',
        'batches of 3',
        '2 threads',
        '2 threads, batches of 3',
        'features stored as float16',
      ]),
    );
    const of = (measure: string) => rows.filter((row) => row.measure === measure);
    // Decoded pixels are the same bytes, so that what sees pixels only cannot change at all.
    for (const measure of ['psnr', 'ssim']) {
      expect(of(measure)).toHaveLength(5);
      for (const { change, value } of of(measure)) expect([change, value! > 0]).toEqual([0, true]);
    }
    // The mean square, of inputs from −1 to 1, is known from the pixels.
    for (const { value, change } of of('lpips')) {
      expect(value).toBeCloseTo(await meanSquare(8), 5);
      expect(change).toBe(0);
    }
    const float16 = rows.filter(({ storage }) => storage === 'float16');
    const changed = float16.find(({ measure }) => measure === 'feature_relative_change')!;
    expect(changed.relative_change).toBeGreaterThan(1e-5);
    expect(changed.relative_change).toBeLessThan(2 ** -10);
    expect(readdirSync(out)).toEqual(
      expect.arrayContaining([
        'advice.csv',
        'fid-change.png',
        'fid-change.svg',
        'fid-change.vl.json',
        'jitter.csv',
        'manifest.json',
        'measure-change.svg',
        'sampling.csv',
        'timings.csv',
      ]),
    );
    expect(lines.at(-1)).toContain(`are in ${out}`);
    const { inputs, environment } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(inputs).toMatchObject({ images: { count: 8 }, model: { name: 'net' } });
    expect(environment.instructions).toBeInstanceOf(Array);

    // Extracted anew on the same machine: the same bytes. Then what is finished is not done again.
    const bytes = (file: string) => readFileSync(join(out, file), 'utf8');
    const [before, seconds] = [bytes('jitter.csv'), bytes('timings.csv')];
    await runCommand(jitterCommand(), [...flags, ...more, '--restart']);
    expect(bytes('jitter.csv')).toBe(before);
    const again = bytes('timings.csv');
    expect(again).not.toBe(seconds);
    await runCommand(jitterCommand(), [...flags, ...more]);
    expect(bytes('timings.csv')).toBe(again);
  });

  it('leaves every way but the first to an array job, and gathers the bytes of one machine', async () => {
    const at = (name: string) => join(folder, name);
    const grid = [...flags, '--runs', '1', '--levels', 'all'];
    await runCommand(jitterCommand(), [...grid, '--out', at('alone')]);
    const array = [...grid, '--out', at('array'), '--engine', 'array', '--tasks', '2'];
    const lines = await runCommand(jitterCommand(), array);
    expect(process.exitCode).toBe(3);
    process.exitCode = undefined;
    expect(lines[0]).toBe('3 units of the study jitter are to be made, in 2 parts');
    for (const part of ['0', '1']) {
      const made = await runCommand(workerCommand(), [at('array'), '--part', part, '--of', '2']);
      expect(made.join('\n')).toMatch(/units? made/);
    }
    await runCommand(jitterCommand(), array);
    const [alone, gathered] = ['alone', 'array'].map((name) =>
      readFileSync(join(at(name), 'jitter.csv'), 'utf8'),
    );
    expect(gathered).toBe(alone);
  });

  it('tries again what a machine could not do, and says why it could not', async () => {
    const out = join(folder, 'refused');
    const missing = ['coreml', 'dml'].find((name) => !usableProviders().some((p) => p === name))!;
    // All of them, fewer than the 64 that are taken of many.
    const one = ['--images', images, '--model', model, '--out', out];
    const grid = ['--runs', '1', '--levels', 'all', '--threads', '1', '--batch-sizes', '32'];
    const lines = await runCommand(jitterCommand(), [
      ...one,
      ...grid,
      '--providers',
      `cpu,${missing}`,
    ]);
    expect(lines.join('\n')).toMatch(new RegExp(`not measured: ${missing}: cannot run`));
    const rows = await readJitter(join(out, 'jitter.csv'));
    expect(rows.filter(({ status }) => status === 'skipped')).toHaveLength(1);
    for (const row of rows) expect(row.images).toBe(count);
    const steps = readFileSync(join(out, 'steps.jsonl'), 'utf8');
    expect(steps).toContain('originals');
    expect(steps).not.toContain('cannot run');
  });

  it('refuses what it cannot do, each with its own message', async () => {
    const refuse = (more: string[], reason: RegExp) =>
      expect(runCommand(jitterCommand(), [...flags, ...more])).rejects.toThrow(reason);
    await refuse(['--levels', 'all,fast'], /invalid --levels: fast/);
    await refuse(['--batch-sizes', '1,x'], /invalid --batch-sizes: x/);
    await refuse(['--limit', '3'], /invalid --limit: 3/);
    await refuse(
      ['--corrupt', 'rust:3', '--out', join(folder, 'bad')],
      /invalid corruption: rust:3/,
    );
  });
});
