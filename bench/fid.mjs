// One FID at d = 2048 against pytorch-fid's own `calculate_frechet_distance`, and against Cholesky and
// `eigvalsh` by hand: from two statistics files, and from features. pytorch-fid is a Python package or a checkout in $PYTORCH_FID; the golden
// features are in $STUDY_GOLDEN, or in ../shared/golden next to the checkout.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { openNpyRows } from '../dist/arrays/npy-file.js';
import { writeNpyRows } from '../dist/arrays/npy-writer.js';
import { writeStatisticsNpz } from '../dist/arrays/statistics-npz.js';
import { fastAlgebra } from '../dist/linalg/fast.js';
import {
  distanceOfFeatures,
  referenceOfFeatures,
  statisticsOfFeatures,
} from '../dist/metrics/features.js';
import { frechetDistance } from '../dist/metrics/frechet-distance.js';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';
import { ratioGoal } from './goals.mjs';
import { openPeer } from './peer.mjs';
import { inTurns, ofRounds } from './rounds.mjs';
import { seconds, times } from './tables.mjs';

const DIMENSION = 2048;
const GOLDEN = join(
  process.env.STUDY_GOLDEN || fileURLToPath(new URL('../../shared/golden', import.meta.url)),
  'cifar10-test-features.npy.gz',
);

export async function bench({ quick, threads: all, folder }) {
  const pairs = [{ name: 'random, well-conditioned', ...(await randomPair(folder)) }];
  const rounds = quick ? 1 : 3;
  const rows = [];
  const goals = [];
  const notes = new Set([`${ofRounds(rounds)} pytorch-fid was measured once.`]);
  if (existsSync(GOLDEN)) {
    pairs.push({ name: 'CIFAR-10 features', ...(await goldenPair(folder)) });
  } else {
    notes.add(`The CIFAR-10 features were left out: there is no ${basename(GOLDEN)}.`);
  }
  for (const threads of new Set([1, all])) {
    const peer = openPeer(threads);
    const { able, reason } = await peer.can('pytorch_fid');
    if (!able && threads === 1) notes.add(`pytorch-fid was left out: ${reason}.`);
    const expert = await peer.can('expert');
    if (!expert.able && threads === 1) notes.add(`The expert was left out: ${expert.reason}.`);
    const algebra = fastAlgebra(threads);
    for (const { name, reference, generated } of pairs) {
      const open = (side) => ({ ...openNpyRows(side.features), path: side.features });
      const sides = [open(reference), open(generated)];
      const statistics = [];
      for (const [i, side] of [reference, generated].entries()) {
        statistics.push(await statisticsOfFeatures(sides[i], algebra));
        await writeStatisticsNpz(side.statistics, statistics[i]);
      }
      const files = { reference: reference.statistics, generated: generated.statistics };
      const npy = { reference: reference.features, generated: generated.features };
      const values = { ours: 0, theirs: 0 };
      const [P, Q] = [generated, reference].map(({ rows }) => rows.toLocaleString('en'));
      const cases = {
        'two covariances': [
          async () => {
            values.ours = (await frechetDistance(...statistics, algebra)).distance;
          },
          'distance',
          files,
        ],
        [`features, ${P} against ${Q}`]: [
          async () => {
            const known = await referenceOfFeatures(sides[0], algebra);
            values.ours = (await distanceOfFeatures(known, sides[1], algebra)).distance;
          },
          'distance_of_features',
          npy,
        ],
      };
      for (const [from, [ours, question, ask]] of Object.entries(cases)) {
        const asked = async () => {
          const answer = await peer.ask(question, ask);
          values.theirs = answer.result;
          return answer;
        };
        const formula = expert.able && (await peer.can(`expert_${question}`, ask));
        if (formula.reason) notes.add(`The expert's formula fails on ${name}: ${formula.reason}.`);
        const byHand = formula.able && (() => peer.ask(`expert_${question}`, ask));
        const found = await inTurns({ ours, theirs: able && asked, expert: byHand }, rounds, true, [
          'theirs',
        ]);
        if (generated === pairs[0].generated && (threads === all || from === 'two covariances')) {
          const work = `FID from ${from}, threads: ${threads}`;
          goals.push(ratioGoal(work, found.ours, found.expert, '1.0'));
        }
        rows.push({
          features: name,
          from,
          threads,
          ours: seconds(found.ours),
          'pytorch-fid': seconds(found.theirs),
          'pytorch-fid / ours': times(found.theirs, found.ours),
          expert: seconds(found.expert),
          'ours / expert': times(found.ours, found.expert),
          FID: values.ours.toPrecision(9),
          "pytorch-fid's": able ? values.theirs.toPrecision(9) : undefined,
        });
      }
      for (const side of sides) side.close();
    }
    await algebra.gemm.close();
    await peer.close();
  }
  return [
    {
      title: 'One FID',
      what: 'From means and covariances in memory, 2048 × 2048; and from features: ours reads them from a `.npy` on disk, the expert (Cholesky, two triangular products, `eigvalsh`, in NumPy and SciPy) too; pytorch-fid has them in memory in float64.',
      rows,
      goals,
      notes: [...notes],
    },
  ];
}

/** Two sets of white rows. */
async function randomPair(folder) {
  const side = async (name, shift) => {
    const features = join(folder, `${name}.npy`);
    const normals = normalSource(stream('bench', name));
    const block = new Float32Array(1000 * DIMENSION);
    await writeNpyRows(features, DIMENSION, whiteBlocks(normals, block, shift));
    return { features, rows: 10_000, statistics: join(folder, `${name}.npz`) };
  };
  return { reference: await side('random-a', 0), generated: await side('random-b', 0.1) };
}

function* whiteBlocks(normals, block, shift) {
  for (let i = 0; i < 10; i++) {
    yield normals.fill(block).map((value) => value * (1 + shift) + shift);
  }
}

/** Both halves of the features of CIFAR-10's test images. */
async function goldenPair(folder) {
  const all = join(folder, 'golden.npy');
  writeFileSync(all, gunzipSync(readFileSync(GOLDEN)));
  const opened = openNpyRows(all);
  const half = opened.rows / 2;
  const side = async (name, start) => {
    const features = join(folder, `${name}.npy`);
    const rows = new Float32Array(half * opened.dimension);
    opened.readBlock(start, half, rows);
    await writeNpyRows(features, opened.dimension, [rows]);
    return { features, rows: half, statistics: join(folder, `${name}.npz`) };
  };
  const pair = { reference: await side('golden-a', 0), generated: await side('golden-b', half) };
  opened.close();
  return pair;
}
