import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { clipGraph } from '../../src/models/clip-graph.ts';
import { dinov2Graph } from '../../src/models/dinov2-graph.ts';
import type { VitWeights } from '../../src/models/vit-weights.ts';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { hashedPicture } from './hashed-weights.ts';

/** As wide as ViT-L, with two of its layers. */
const shape = { image: 224, patch: 14, width: 1024, layers: 2, heads: 16, inner: 4096 };

function randomWeights(): VitWeights {
  const normals = normalSource(stream('test', 'vit'));
  return {
    values(name, dims) {
      const values = normals.fill(new Float32Array(dims.reduce((all, each) => all * each, 1)));
      return values.map((value) => (name.includes('norm') ? 1 : 0.02 * value));
    },
    shapeOf: () => [1, 1370, shape.width],
    requireNoOthers() {},
  };
}

const graphs = {
  dinov2: () => dinov2Graph(randomWeights(), shape, {}),
  clip: () => clipGraph(randomWeights(), { ...shape, projection: 768 }, {}),
};

// Cached rows are copied between sets only because this holds: see embeddings/known-rows.ts.
describe.each(['dinov2', 'clip'] as const)('layers as wide as those of %s', (name) => {
  it.each([1, 2])('give an image the same bits in any batch, on %s threads', async (threads) => {
    const session = await InferenceSession.create(graphs[name](), { intraOpNumThreads: threads });
    const run = async (images: readonly Uint8Array[]) => {
      const pixels = new Tensor('uint8', Buffer.concat(images), [images.length, 32, 32, 3]);
      return Buffer.from(
        Float32Array.from((await session.run({ images: pixels })).features!.data as Float32Array)
          .buffer,
      );
    };
    const images = Array.from({ length: 7 }, (_, i) => hashedPicture(`wide ${i}`, 32, 32));
    const alone = await Promise.all(images.map((image) => run([image])));
    for (const count of [2, 3, 7]) {
      const all = await run(images.slice(0, count));
      expect(Buffer.compare(all, Buffer.concat(alone.slice(0, count)))).toBe(0);
    }
    await session.release();
  });
});
