// node bench/large-set.mjs [--rows 1280000] [--dimension 2048] [--folder /tmp] [--only fid,sweep]: seconds
// and peak memory of the commands on a set of the size of ImageNet, float32 [N, 2048], and on a tenth of it.
// It needs 8 kB of disk for each row, 12 GB in all, which it gives back.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeNpyRows } from '../dist/arrays/npy-writer.js';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';
import { markdown } from './tables.mjs';

const BLOCK = 4096;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1280000' },
    folder: { type: 'string', default: tmpdir() },
    dimension: { type: 'string', default: '2048' },
    only: { type: 'string' },
  },
});
const all = Number(values.rows);
const DIMENSION = Number(values.dimension);
const folder = mkdtempSync(join(values.folder, 'study-large-'));
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const preload = new URL('./peak-memory.mjs', import.meta.url).href;

try {
  const reference = await write('reference.npy', 50_000, 'reference');
  const sets = [
    { rows: Math.round(all / 10), path: await write('tenth.npy', Math.round(all / 10), 'tenth') },
    { rows: all, path: await write('whole.npy', all, 'whole') },
  ];
  const top = Math.floor(all / 1.28);
  const sweep = (path, most) => [
    ...[
      'sweep',
      '--generated',
      path,
      '--reference',
      reference,
      '--out',
      join(folder, `sweep-${most}`),
    ],
    ...['--sizes', `1000:${most}:log7`, '--seeds', '3'],
  ];
  const rows = [];
  for (const [i, { rows: N, path }] of sets.entries()) {
    const commands = [
      ['fid', ['fid', reference, path]],
      ['fid, again', ['fid', reference, path]],
      ['stats', ['stats', path, '--out', join(folder, `${i}.npz`)]],
      ['estimate', ['estimate', path, '--reference', reference]],
      [`sweep --sizes 1000:…:log7 --seeds 3`, sweep(path, i === 0 ? Math.round(top / 10) : top)],
    ];
    for (const [name, command] of commands) {
      if (values.only && !values.only.split(',').includes(name.split(/[ ,]/)[0])) continue;
      const { seconds, peak } = study(command);
      const row = { command: name, N: N.toLocaleString('en'), seconds, 'peak memory': peak };
      rows.push(row);
      console.error(Object.values(row).join(' | '));
    }
  }
  console.log(markdown({ title: 'Sets of a million images', rows, notes: [] }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Rows a + b of two tables of normals: all distinct, of full rank, and written at the disk's speed. */
async function write(name, count, key) {
  const path = join(folder, name);
  const normals = normalSource(stream('large-set', key));
  const [near, far] = [BLOCK, Math.ceil(count / BLOCK)].map((rows) => {
    const numbers = new Float64Array(rows * DIMENSION);
    normals.fill(numbers);
    // Features of an Inception are of this size.
    return Float32Array.from(numbers, (value) => 0.4 + 0.2 * value);
  });
  function* blocks() {
    for (let start = 0; start < count; start += BLOCK) {
      const rows = Math.min(BLOCK, count - start);
      const block = near.slice(0, rows * DIMENSION);
      const shift = (start / BLOCK) * DIMENSION;
      for (let i = 0; i < rows; i++) {
        for (let j = 0, k = i * DIMENSION; j < DIMENSION; j++, k++) block[k] += far[shift + j];
      }
      yield block;
    }
  }
  await writeNpyRows(path, DIMENSION, blocks());
  // As if written a while ago, so that its hash may be remembered.
  const then = Math.floor(Date.now() / 1000) - 60;
  utimesSync(path, then, then);
  return path;
}

function study(command) {
  const start = performance.now();
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ['--import', preload, cli, ...command],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, STUDY_CACHE: join(folder, 'cache') },
    },
  );
  if (status !== 0) throw new Error(`study ${command.join(' ')}: ${stderr}`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return { seconds, peak: `${(Number(output[3]) / 2 ** 20).toFixed(0)} MiB` };
}
