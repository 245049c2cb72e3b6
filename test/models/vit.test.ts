import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { clipGraph } from '../../src/models/clip-graph.ts';
import { dinov2Graph } from '../../src/models/dinov2-graph.ts';
import { withWeights } from '../../src/models/vit-weights.ts';
import { float32 } from '../torch/safe-file.ts';
import { clipShapes, dinov2Shapes, hashedFile, smallClip, smallDinov2 } from './hashed-vit.ts';
import { hashedPicture } from './hashed-weights.ts';

const fixture = new URL('./fixtures/vit-features.json', import.meta.url);
const expected: Record<'dinov2' | 'clip', number[][]> = JSON.parse(readFileSync(fixture, 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'study-vit-'));

// As make-vit-features.py has them.
const pictures = [
  ['small', 24, 40],
  ['large', 330, 310],
  ['square', 224, 224],
  ['wide', 37, 411],
] as const;

const networks = {
  dinov2: { shapes: dinov2Shapes(smallDinov2), build: dinov2 },
  clip: { shapes: clipShapes(smallClip), build: clip },
};

function dinov2(path: string) {
  return withWeights(path, (weights) => dinov2Graph(weights, smallDinov2, {}));
}

function clip(path: string) {
  return withWeights(path, (weights) => clipGraph(weights, smallClip, {}));
}

function saved(bytes: Uint8Array): string {
  const path = join(folder, 'x.safetensors');
  writeFileSync(path, bytes);
  return path;
}

async function featuresOf(
  session: InferenceSession,
  count: number,
  height: number,
  data: Uint8Array,
) {
  const width = data.length / (3 * count * height);
  const images = new Tensor('uint8', data, [count, height, width, 3]);
  return new Float32Array((await session.run({ images })).features!.data as Float32Array);
}

describe.each(['dinov2', 'clip'] as const)('a small network of the layout of %s', (name) => {
  const { shapes, build } = networks[name];
  const graph = build(saved(hashedFile(shapes)));

  it("gives the features of PyTorch's layers", async () => {
    const session = await InferenceSession.create(graph);
    const top = Math.max(...expected[name].flat().map(Math.abs));
    const largest: Record<string, number> = {};
    for (const [row, [picture, height, width]] of pictures.entries()) {
      const features = await featuresOf(session, 1, height, hashedPicture(picture, height, width));
      expect(features).toHaveLength(expected[name][row]!.length);
      const apart = expected[name][row]!.map((value, i) => Math.abs(value - features[i]!) / top);
      largest[picture] = Math.max(...apart);
    }
    await session.release();
    // Printed for docs/networks.md.
    if (process.env.SHOW_PARITY) console.log(name, largest);
    for (const value of Object.values(largest)) expect(value).toBeLessThan(1e-5);
  });

  it('gives an image the same bits in any batch', async () => {
    const session = await InferenceSession.create(graph);
    const rows = Array.from({ length: 9 }, (_, i) => hashedPicture(`batch ${i}`, 20, 20));
    const alone = await Promise.all(rows.map((data) => featuresOf(session, 1, 20, data)));
    for (const count of [2, 3, 5, 9]) {
      const all = await featuresOf(session, count, 20, Buffer.concat(rows.slice(0, count)));
      const dimension = all.length / count;
      for (let i = 0; i < count; i++) {
        expect(all.slice(i * dimension, (i + 1) * dimension)).toEqual(alone[i]);
      }
    }
    await session.release();
  });

  it('has the same bytes from the same weights', () => {
    expect(Buffer.compare(build(saved(hashedFile(shapes))), graph)).toBe(0);
  });

  it('takes no other weights', () => {
    const lacking = { ...shapes };
    const some = Object.keys(shapes).find((each) => each.endsWith('fc1.weight'))!;
    delete lacking[some];
    expect(() => build(saved(hashedFile(lacking)))).toThrow(`tensor ${some} is missing`);
    const more = { 'encoder.pooler.weight': float32([1], [1]) };
    expect(() => build(saved(hashedFile(shapes, more)))).toThrow(
      'unexpected tensor "encoder.pooler.weight" in ',
    );
    const smaller = { [some]: float32([2, 3], [1, 2, 3, 4, 5, 6]) };
    expect(() => build(saved(hashedFile(shapes, smaller)))).toThrow(/fc1\.weight of .* is \[2,3\]/);
  });
});

it('refuses position embeddings that are of no square', () => {
  const shapes = { ...networks.dinov2.shapes, 'embeddings.position_embeddings': [1, 1369, 32] };
  expect(() => dinov2(saved(hashedFile(shapes)))).toThrow('position embeddings of 1369 tokens');
});
