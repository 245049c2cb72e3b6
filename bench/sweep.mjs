// Whole sweeps, with the command that users run, against a loop that does the same with common tools:
// NumPy's draws, means and covariances, and pytorch-fid's function for each. Then a draw of 1,000 images
// against one of 5,000.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { openNpyRows } from '../dist/arrays/npy-file.js';
import { writeNpyRows } from '../dist/arrays/npy-writer.js';
import { writeStatisticsNpz } from '../dist/arrays/statistics-npz.js';
import { fastAlgebra } from '../dist/linalg/fast.js';
import { statisticsOfFeatures } from '../dist/metrics/features.js';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';
import { loadSurrogate } from '../dist/surrogates/load.js';
import { ratioGoal } from './goals.mjs';
import { openPeer } from './peer.mjs';
import { inTurns, median, ofRounds } from './rounds.mjs';
import { figure, seconds, times } from './tables.mjs';

const launcher = fileURLToPath(new URL('../bin/study.js', import.meta.url));
const preload = new URL('peak-memory.mjs', import.meta.url).href;
const SEEDS = 10;
const ROUNDS = 3;
/** Draws of one size, timed alone. */
const SMALL_DRAWS = 7;

export async function bench({ quick, threads, folder }) {
  const peer = openPeer(threads);
  const { able, reason } = await peer.can('pytorch_fid');
  const expert = await peer.can('expert');
  const moments = await surrogateMoments(folder);
  const pool = await makePool(moments, quick ? 10_000 : 50_000, folder);
  const command = (...flags) => study(flags, folder);

  const sizes = { surrogate: [5000, 50_000], pool: [5000, 10_000, 20_000, 30_000, 40_000, 50_000] };
  if (quick) Object.assign(sizes, { surrogate: [5000, 10_000], pool: [5000, 10_000] });
  const sides = ['--reference', pool.reference, '--generated', pool.path];
  const sweeps = [
    {
      name: 'surrogate cifar10-cfm',
      sizes: sizes.surrogate,
      ours: ['--source', 'cifar10-cfm'],
      draw: (by, size, seed) =>
        peer.ask(`${by}surrogate_draw`, { moments: moments.path, size, seed }),
    },
    {
      name: `pool of ${pool.rows.toLocaleString('en')} on disk`,
      sizes: sizes.pool,
      ours: sides,
      draw: (by, size, seed) =>
        peer.ask(`${by}pool_draw`, { pool: pool.path, reference: pool.reference, size, seed }),
    },
  ];
  const rows = [];
  const goals = [];
  for (const { name, sizes, ours, draw } of sweeps) {
    const peaks = [];
    let seed = 0;
    const found = await inTurns(
      {
        loop: able && (() => loopOf(sizes, ++seed, (...of) => draw('', ...of))),
        expert: expert.able && (() => loopOf(sizes, ++seed, (...of) => draw('expert_', ...of))),
        ours: async () => {
          const run = await command(...ours, '--sizes', sizes.join(), '--seeds', String(SEEDS));
          peaks.push(run.peakBytes);
          return run;
        },
      },
      quick ? 1 : ROUNDS,
      false,
      ['loop'],
    );
    const [loop, byHand] = [found.loop * SEEDS, found.expert * SEEDS];
    const draws = `${sizes.length} sizes × ${SEEDS} seeds`;
    goals.push(ratioGoal(`sweep, ${name}, ${draws}`, found.ours, byHand, 0.5));
    rows.push({
      source: name,
      sizes: sizes.map((size) => size.toLocaleString('en')).join(' · '),
      seeds: SEEDS,
      ours: seconds(found.ours),
      'loop, a seed': seconds(found.loop),
      'loop, all seeds': seconds(loop),
      'loop / ours': times(loop, found.ours),
      'expert, all seeds': seconds(byHand),
      'ours / expert': times(found.ours, byHand),
      'peak memory, ours': figure(Math.max(...peaks) / 1e9, 'GB'),
    });
  }
  await peer.close();

  const draws = [];
  for (const [name, source] of [
    ['surrogate', ['--source', 'cifar10-cfm']],
    ['pool', sides],
  ]) {
    const alone = ['--sizes', '1000,5000', '--no-nested', '--workers', '1', '--timings'];
    const { estimates } = await command(
      ...source,
      ...alone,
      '--seeds',
      String(quick ? 3 : SMALL_DRAWS),
    );
    const of = (size) =>
      median(estimates.filter((row) => row.size === size).map((row) => Number(row.seconds)));
    draws.push({
      source: name,
      'draw of 1,000': seconds(of('1000')),
      'draw of 5,000': seconds(of('5000')),
      '1,000 / 5,000': figure(of('1000') / of('5000')),
    });
  }
  return [
    {
      title: 'Sweeps',
      what: `The whole command \`study sweep\`, start and charts included, on ${threads} threads; the loop makes draws of the same sizes with NumPy on as many threads, each draw afresh, and calls pytorch-fid's function. The loop is measured on one seed a round and multiplied by ${SEEDS}: its draws do not depend on each other. The expert does the same by float32 products, Cholesky and \`eigvalsh\`, with a pool in memory.`,
      rows,
      goals,
      notes: [
        `${ofRounds(quick ? 1 : ROUNDS, false)} The loop with pytorch-fid was measured once. Each run of the command is a process of its own.`,
        ...(able ? [] : [`The loop was left out: ${reason}.`]),
      ],
    },
    {
      title: 'A small draw',
      what: `Median seconds of ${quick ? 3 : SMALL_DRAWS} draws with their FID on one thread, rows not shared between sizes. A draw of no more rows than dimensions goes by its Gram matrix.`,
      rows: draws,
    },
  ];
}

/** One seed of the loop. */
async function loopOf(sizes, seed, draw) {
  let total = 0;
  for (const size of sizes) total += (await draw(size, seed)).seconds;
  return { seconds: total };
}

let runs = 0;

async function study(flags, folder) {
  const out = join(folder, `run-${++runs}`);
  const args = ['--import', preload, launcher, 'sweep', ...flags, '--out', out];
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    // This folder keeps the reference's factor: each run computes its own.
    env: { ...process.env, STUDY_CACHE: join(out, 'cache') },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [[code], complaint, peak] = await Promise.all([
    once(child, 'exit'),
    text(child.stderr),
    text(child.stdio[3]),
  ]);
  if (code !== 0) throw new Error(`study ${flags.join(' ')}: ${complaint}`);
  const taken = (performance.now() - start) / 1000;
  const estimates = parse(readFileSync(join(out, 'estimates.csv'), 'utf8'), { columns: true });
  return { seconds: taken, peakBytes: Number(peak), estimates };
}

/** Variances of the built-in surrogate, in a file for the loop. */
async function surrogateMoments(folder) {
  const { source, roots } = await loadSurrogate('cifar10-cfm');
  const { offset, map } = source.geometry;
  const generated = map.values.map((value) => value ** 2);
  const reference = roots.map((value, i) => (value / map.values[i]) ** 2);
  const moments = { reference: [...reference], generated: [...generated], offset: [...offset] };
  const path = join(folder, 'moments.json');
  writeFileSync(path, JSON.stringify(moments));
  return { path, ...moments };
}

/** Rows of the surrogate on disk, and statistics of 10,000 rows of its reference. */
async function makePool({ reference, generated, offset }, rows, folder) {
  const path = join(folder, 'pool.npy');
  const real = join(folder, 'real.npy');
  const d = offset.length;
  await writeNpyRows(path, d, gaussianBlocks('pool', rows, offset, generated));
  const none = offset.map(() => 0);
  await writeNpyRows(real, d, gaussianBlocks('real', 10_000, none, reference));
  const opened = openNpyRows(real);
  const algebra = fastAlgebra(2);
  const statistics = await statisticsOfFeatures({ ...opened, path: real }, algebra);
  await algebra.gemm.close();
  opened.close();
  const statisticsPath = join(folder, 'real.npz');
  await writeStatisticsNpz(statisticsPath, statistics);
  return { path, rows, reference: statisticsPath };
}

function* gaussianBlocks(name, rows, offset, variances) {
  const normals = normalSource(stream('bench', name));
  const scale = variances.map(Math.sqrt);
  const d = offset.length;
  const block = new Float32Array(1000 * d);
  for (let start = 0; start < rows; start += 1000) {
    normals.fill(block);
    for (let k = 0; k < block.length; k++) block[k] = block[k] * scale[k % d] + offset[k % d];
    yield block;
  }
}
