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
const DIMENSION = 128;
const BLOCK = 1000;
const launcher = fileURLToPath(new URL('../../bin/study.js', import.meta.url));
const preload = new URL('../../bench/peak-memory.mjs', import.meta.url).href;

/** A pool of so many thousand rows, ever the same thousand. */
async function poolOf(thousands: number): Promise<string> {
  const path = join(folder, `${thousands}.npy`);
  const block = normalSource(stream('memory')).fill(new Float32Array(BLOCK * DIMENSION));
  await writeNpyRows(
    path,
    DIMENSION,
    Array.from({ length: thousands }, () => block),
  );
  return path;
}

/** Peak of resident memory, in bytes, of a sweep with two workers. */
async function peakOf(thousands: number): Promise<number> {
  const pool = await poolOf(thousands);
  const sizes = [100, 5000, 20_000, thousands * BLOCK - 3000, thousands * BLOCK].join();
  const args = ['--import', preload, launcher, 'sweep', '--reference', await poolOf(1)];
  args.push('--generated', pool, '--sizes', sizes, '--seeds', '4', '--workers', '2', '--force');
  const child = spawn(process.execPath, [...args, '--out', join(folder, `out-${thousands}`)], {
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
  const [small, large] = [await peakOf(80), await peakOf(800)];
  // 369 MB more on disk; what grows are the orders of its rows, four bytes each.
  const grown = 720 * BLOCK * DIMENSION * 4;
  expect(large - small).toBeLessThan(grown / 4);
});
