import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { fidGraph, fidOutputsGraph } from '../../src/models/fid-graph.ts';
import { fidOutputColumns } from '../../src/models/outputs.ts';
import type { StateDict } from '../../src/torch/state-dict.ts';
import { readWeights } from '../../src/torch/weights.ts';
import { golden, lacksGolden } from '../golden.ts';

const WEIGHTS = 'fid-inception-synthetic.pth.gz';
/** As in fixtures/make-fid-outputs.py. */
const IMAGES = ['cat-0001', 'crop-64x48', 'mosaic-384x320'];
const [POOL, LOGITS, SPATIAL] = [2048, 1008, 2023];

async function run(graph: Uint8Array): Promise<Float32Array[]> {
  const session = await InferenceSession.create(graph);
  const rows: Float32Array[] = [];
  for (const name of IMAGES) {
    const raw = sharp(golden(`images/${name}.png`))
      .removeAlpha()
      .raw();
    const { data, info } = await raw.toBuffer({ resolveWithObject: true });
    const images = new Tensor('uint8', new Uint8Array(data), [1, info.height, info.width, 3]);
    rows.push((await session.run({ images })).features!.data as Float32Array);
  }
  await session.release();
  return rows;
}

describe.skipIf(lacksGolden(WEIGHTS, 'images'))('the outputs of the FID Inception', () => {
  let weights: StateDict;
  let found: Float32Array[];
  beforeAll(async () => {
    weights = await readWeights(gunzipSync(await readFile(golden(WEIGHTS))));
    found = await run(fidOutputsGraph(weights, 'legacy_pytorch', {}));
  }, 120_000);

  it('are features, logits and spatial features side by side', () => {
    for (const row of found) expect(row).toHaveLength(fidOutputColumns);
    expect(fidOutputColumns).toBe(POOL + LOGITS + SPATIAL);
  });

  it('have the same features, bit by bit, as the network of features alone', async () => {
    const alone = await run(fidGraph(weights, 'legacy_pytorch', {}));
    for (const [i, row] of found.entries()) expect(row.slice(0, POOL)).toEqual(alone[i]);
  }, 120_000);

  it("have PyTorch's logits and spatial features", async () => {
    const npy = await readFile(new URL('./fixtures/fid-outputs.npy', import.meta.url));
    const columns = LOGITS + SPATIAL;
    const bytes = new Uint8Array(npy.subarray(-4 * columns * IMAGES.length));
    const expected = new Float32Array(bytes.buffer);
    for (const [from, count] of [
      [0, LOGITS],
      [LOGITS, SPATIAL],
    ] as const) {
      let [apart, top] = [0, 0];
      for (const [i, row] of found.entries()) {
        for (let k = 0; k < count; k++) {
          const value = expected[i * columns + from + k]!;
          apart = Math.max(apart, Math.abs(row[POOL + from + k]! - value));
          top = Math.max(top, Math.abs(value));
        }
      }
      console.log(`largest difference, as a share of the largest value: ${apart / top}`);
      expect(top).toBeGreaterThan(0.1);
      expect(apart / top).toBeLessThan(2e-5);
    }
  });
});
