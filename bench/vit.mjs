// A vision transformer of ViT-B/14's size, as `dinov2-vit-b-14` is built, against the same layers in PyTorch.
// Weights are random: the rate does not depend on them.
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { openSession } from '../dist/embeddings/session.js';
import { dinov2Graph } from '../dist/models/dinov2-graph.js';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';
import { findPeer } from './peer.mjs';
import { inTurns, ofRounds } from './rounds.mjs';
import { figure, times } from './tables.mjs';

const SIDE = 224;
const shape = { image: SIDE, patch: 14, width: 768, layers: 12, heads: 12, inner: 3072 };

export async function bench({ quick, threads, folder }) {
  const batch = quick ? 2 : 8;
  const path = join(folder, 'vit.onnx');
  writeFileSync(path, dinov2Graph(randomWeights(), shape, {}));
  const session = await openSession({ path, provider: 'cpu', threads });
  const asked = { batch, threads, ...shape };
  const torch = await findPeer(threads, 'vit', asked);
  const versions = torch && (await torch.ask('versions')).result;
  const random = stream('bench', 'pixels');
  const noise = Uint8Array.from({ length: batch * SIDE * SIDE * 3 }, () => random.integer(256));
  const load = loadavg()[0].toFixed(1);
  const rounds = 1;
  const seconds = await inTurns(
    {
      ours: () => session.run(noise.slice(), SIDE, SIDE),
      torch: torch && (() => torch.ask('vit', asked)),
    },
    rounds,
  );
  const after = loadavg()[0].toFixed(1);
  await session.close();
  await torch?.close();
  const row = (name, taken) => ({
    '': name,
    'images/s': figure(batch / taken),
    'of PyTorch': seconds.torch === undefined ? '–' : times(1 / taken, 1 / seconds.torch),
  });
  const rows = [row('this package, with resizing', seconds.ours)];
  if (torch) rows.push(row(`PyTorch ${versions.PyTorch}, without`, seconds.torch));
  const notes = [ofRounds(rounds)];
  if (!torch) notes.push('PyTorch was left out: no Python here can run it.');
  const what = `DINOv2's layers at the size of ViT-B/14, ${SIDE} × ${SIDE}, random weights, batches of ${batch}, ${threads} threads, load average before the run ${load}, after it ${after}.`;
  return [{ title: 'A vision transformer', what, rows, notes }];
}

/** Small normal numbers for any tensor that is asked for. */
function randomWeights() {
  const normals = normalSource(stream('bench', 'vit'));
  return {
    values(name, dims) {
      const values = normals.fill(new Float32Array(dims.reduce((all, each) => all * each, 1)));
      return values.map((value) => (name.includes('norm') ? 1 : 0.02 * value));
    },
    shapeOf: () => [1, 1370, shape.width],
    requireNoOthers() {},
  };
}
