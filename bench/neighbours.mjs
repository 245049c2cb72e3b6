// Precision and recall of N against N rows of 2,048 dimensions, against torch.cdist and kthvalue.
import { fastAlgebra } from '../dist/linalg/fast.js';
import { pairWorkOf } from '../dist/metrics/pairs/pairs.js';
import { metricsNamed } from '../dist/metrics/registry.js';
import { rowsInMemory, sampleOf } from '../dist/metrics/sample.js';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';
import { ratioGoal } from './goals.mjs';
import { findPeer } from './peer.mjs';
import { inTurns, ofRounds } from './rounds.mjs';
import { seconds, times } from './tables.mjs';

const DIMENSION = 2048;
const ROUNDS = 3;

export async function bench({ quick, threads }) {
  const count = quick ? 3000 : 10_000;
  const torch = await findPeer(threads, 'neighbours', { rows: 10, dimension: 4 });
  const algebra = fastAlgebra(threads);
  const wanted = metricsNamed(['precision', 'recall']);
  const [x, y] = ['x', 'y'].map((seed) => {
    const normals = normalSource(stream('bench', seed));
    const data = normals.fill(new Float64Array(count * DIMENSION));
    return rowsInMemory(Float32Array.from(data), count, DIMENSION);
  });
  const context = { algebra, key: [0], pairs: pairWorkOf(wanted) };
  const shape = { rows: count, dimension: DIMENSION };
  const found = await inTurns(
    {
      async ours() {
        // New objects: nothing of an earlier round is kept.
        const [draw, reference] = [sampleOf(y), sampleOf(x)];
        for (const metric of wanted) await metric.value(draw, reference, context);
      },
      torch: torch && (() => torch.ask('neighbours', shape)),
    },
    quick ? 2 : ROUNDS,
  );
  await algebra.gemm.close();
  await torch?.close();
  return [
    {
      title: 'Neighbours',
      what: `Precision and recall (k = 3) of ${count} against ${count} rows of float32 in ${DIMENSION} dimensions: three passes over pairs. PyTorch has all distances in memory at once (400 MB for 10,000); ours has two blocks of 2,048 rows, and decides pairs near a radius by exact distances.`,
      rows: [
        {
          rows: count,
          threads,
          ours: seconds(found.ours),
          'torch.cdist, kthvalue': seconds(found.torch),
          'ours / torch': times(found.ours, found.torch),
        },
      ],
      goals: [ratioGoal(`precision and recall, ${count} rows`, found.ours, found.torch, '1.0')],
      notes: [ofRounds(quick ? 2 : ROUNDS)],
    },
  ];
}
