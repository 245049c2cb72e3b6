import { readdir, readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { nsfwInceptionV3 } from '../../src/models/nsfw-inception-v3.ts';
import { decodeModel } from '../../src/onnx/encode.ts';
import { golden, lacksGolden } from '../golden.ts';
import { fetchTarball } from './pulled.ts';

const FEATURES = 'features-nsfw-inception-v3.npy';
let tarball: Uint8Array | string;
let onnx: Uint8Array;
let session: InferenceSession;

beforeAll(async () => {
  tarball = await fetchTarball();
  if (typeof tarball === 'string') return;
  onnx = await nsfwInceptionV3.build(tarball);
  session = await InferenceSession.create(onnx);
}, 300_000);

/** The built file; skips the test where npm could not give the tarball. */
function built(context: TestContext): Uint8Array {
  if (typeof tarball === 'string') context.skip(tarball);
  return onnx;
}

async function features(images: Uint8Array, dims: number[]): Promise<Float32Array> {
  const result = await session.run({ images: new Tensor('uint8', images, dims) });
  expect(result.features?.dims).toEqual([dims[0], 2048]);
  return result.features?.data as Float32Array;
}

/** Pixels that any run can make again. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * i * 31 + i * 7) % 256);
}

describe('nsfw-inception-v3', () => {
  it.skipIf(lacksGolden('images', FEATURES))(
    'gives the features of an independent conversion',
    async (context) => {
      built(context);
      const small: Buffer[] = [];
      for (const name of (await readdir(golden('images'))).sort()) {
        const decoded = sharp(golden(`images/${name}`))
          .removeAlpha()
          .raw();
        const { data, info } = await decoded.toBuffer({ resolveWithObject: true });
        if (info.width === 32 && info.height === 32) small.push(data);
      }
      expect(small).toHaveLength(6);
      const actual = await features(Buffer.concat(small), [6, 32, 32, 3]);

      const npy = await readFile(golden(FEATURES));
      const expected = new Float32Array(new Uint8Array(npy.subarray(-6 * 2048 * 4)).buffer);
      // Relative to each feature, with the rounding of sums near 1 (2^-20) allowed for those near 0.
      let worst = 0;
      let largest = 0;
      for (const [i, value] of expected.entries()) {
        const difference = Math.abs(actual[i]! - value);
        largest = Math.max(largest, difference);
        worst = Math.max(worst, difference / (Math.abs(value) + 2 ** -20 / 1e-4));
      }
      console.log(`largest difference ${largest}; relative ${worst}`);
      expect(Math.max(...expected)).toBeGreaterThan(0.5);
      expect(worst).toBeLessThan(1e-4);
    },
  );

  it('gives one image the same features alone, in a batch, and at any size', async (context) => {
    built(context);
    const [one, size] = [pattern(3 * 20 * 28), 20 * 28 * 3];
    const pair = new Uint8Array(2 * size);
    pair.set(one, size);
    const alone = await features(one, [1, 20, 28, 3]);
    const batch = await features(pair, [2, 20, 28, 3]);
    for (const [i, value] of alone.entries()) {
      expect(Math.abs(batch[2048 + i]! - value)).toBeLessThan(1e-5 * (1 + value));
    }
    // A constant image stays itself under any resizing.
    const grey = await features(new Uint8Array(7 * 5 * 3).fill(90), [1, 7, 5, 3]);
    const large = await features(new Uint8Array(640 * 480 * 3).fill(90), [1, 480, 640, 3]);
    for (const [i, value] of grey.entries()) {
      expect(Math.abs(large[i]! - value)).toBeLessThan(1e-4 * (1 + value));
    }
  });

  it('has 94 convolutions with their normalisation folded in, and no classifier', (context) => {
    const { graph } = decodeModel(built(context));
    const counts = new Map<string, number>();
    for (const { opType } of graph.node) counts.set(opType, (counts.get(opType) ?? 0) + 1);
    expect(counts.get('Conv')).toBe(94);
    expect(counts.get('Relu')).toBe(94);
    expect(counts.get('AveragePool')).toBe(10);
    expect(counts.get('MaxPool')).toBe(4);
    expect(counts.get('BatchNormalization') ?? counts.get('Gemm')).toBeUndefined();
    expect(graph.output.map(({ name }) => name)).toEqual(['features']);
  });

  it('is built into the same bytes each time', async (context) => {
    const first = built(context);
    expect(Buffer.from(await nsfwInceptionV3.build(tarball as Uint8Array)).equals(first)).toBe(
      true,
    );
  });
});
