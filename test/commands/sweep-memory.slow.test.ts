import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const BLOCK = 1000;
const launcher = fileURLToPath(new URL('../../bin/study.js', import.meta.url));
const preload = new URL('../../bench/peak-memory.mjs', import.meta.url).href;

/** A pool of so many thousand rows. */
async function poolOf(thousands: number, dimension: number): Promise<string> {
  const path = join(folder, `${thousands}-${dimension}.npy`);
  const normals = normalSource(stream('memory', String(thousands)));
  const block = new Float32Array(BLOCK * dimension);
  await writeNpyRows(path, dimension, blocks());
  return path;

  function* blocks() {
    for (let i = 0; i < thousands; i++) yield normals.fill(block);
  }
}

/** Peak of resident memory, in bytes, of a sweep with two workers. */
async function peakOf(thousands: number, dimension: number, draws: number[]): Promise<number> {
  const pool = await poolOf(thousands, dimension);
  const sizes = [...draws, (thousands - 3) * BLOCK, thousands * BLOCK].join();
  const args = ['--import', preload, launcher, 'sweep', '--reference', await poolOf(3, dimension)];
  args.push('--generated', pool, '--sizes', sizes, '--seeds', '4', '--workers', '2', '--force');
  const out = join(folder, `out-${thousands}-${dimension}`);
  const child = spawn(process.execPath, [...args, '--out', out], {
    env: { ...process.env, STUDY_CACHE: join(folder, 'cache') },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [[code], complaint, peak] = await Promise.all([
    once(child, 'exit'),
    text(child.stderr!),
    text(child.stdio[3] as NodeJS.ReadableStream),
  ]);
  expect(complaint).toBe('');
  expect(code).toBe(0);
  return Number(peak);
}

it('holds no pool in memory: a sweep of ten times as many rows needs hardly more', async () => {
  const draws = [100, 5000, 20_000];
  const [small, large] = [await peakOf(80, 128, draws), await peakOf(800, 128, draws)];
  // 369 MB more on disk; what grows are the orders of its rows, four bytes each.
  const grown = 720 * BLOCK * 128 * 4;
  expect(large - small).toBeLessThan(grown / 4);
});

it('needs less than 1.2 GB with two workers at 2,048 dimensions', async () => {
  expect(await peakOf(8, 2048, [1000, 3000])).toBeLessThan(1.2e9);
});
