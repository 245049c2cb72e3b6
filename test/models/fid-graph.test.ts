import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fidGraph } from '../../src/models/fid-graph.ts';
import { fidModes } from '../../src/models/fid-preprocessing.ts';
import { decodeModel } from '../../src/onnx/encode.ts';
import { readLegacyFile } from '../../src/torch/legacy-file.ts';
import type { StateDict } from '../../src/torch/state-dict.ts';
import { withoutHooks } from '../torch/without-hooks.ts';

const golden = fileURLToPath(new URL('../../../shared/golden/', import.meta.url));

let known: StateDict | undefined;
/** Synthetic weights that PyTorch wrote. */
async function weights(): Promise<StateDict> {
  known ??= readLegacyFile(
    withoutHooks(gunzipSync(await readFile(`${golden}fid-inception-synthetic.pth.gz`))),
  );
  return known;
}

async function pixels(name: string): Promise<Tensor> {
  const decoded = sharp(`${golden}images/${name}`).removeAlpha().raw();
  const { data, info } = await decoded.toBuffer({ resolveWithObject: true });
  return new Tensor('uint8', new Uint8Array(data), [1, info.height, info.width, 3]);
}

describe.skipIf(!existsSync(golden))('the FID Inception', () => {
  it.each(fidModes)("gives pytorch-fid's features in the mode %s", async (mode) => {
    const session = await InferenceSession.create(fidGraph(await weights(), mode, {}));
    const names = (await readdir(`${golden}images`)).sort();
    const npy = await readFile(`${golden}features-${mode}.npy`);
    const all = npy.subarray(-names.length * 2048 * 4);
    const expected = new Float32Array(new Uint8Array(all).buffer);
    const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0.1);

    let worst = 0;
    for (const [row, name] of names.entries()) {
      const { features } = await session.run({ images: await pixels(name) });
      const actual = features!.data as Float32Array;
      expect(actual).toHaveLength(2048);
      let most = 0;
      let sum = 0;
      for (const [i, value] of actual.entries()) {
        const difference = Math.abs(value - expected[row * 2048 + i]!) / largest;
        most = Math.max(most, difference);
        sum += difference / 2048;
      }
      console.log(`${mode} ${name}: max ${most.toExponential(1)}, mean ${sum.toExponential(1)}`);
      worst = Math.max(worst, most);
    }
    await session.release();
    expect(worst).toBeLessThan(2e-5);
  });

  it('has 94 convolutions, 9 average pools and 5 max pools, and no classifier', async () => {
    const { graph } = decodeModel(fidGraph(await weights(), 'clean', {}));
    const count = (type: string) => graph.node.filter(({ opType }) => opType === type).length;
    expect(count('Conv')).toBe(94);
    expect(count('AveragePool')).toBe(8);
    expect(count('MaxPool')).toBe(5);
    expect(count('BatchNormalization') + count('Gemm')).toBe(0);
  });
});
