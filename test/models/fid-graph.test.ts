import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { fidGraph } from '../../src/models/fid-graph.ts';
import { type FidMode, fidModes } from '../../src/models/fid-preprocessing.ts';
import { decodeModel } from '../../src/onnx/encode.ts';
import { readLegacyFile } from '../../src/torch/legacy-file.ts';
import type { StateDict } from '../../src/torch/state-dict.ts';
import { constant, hashedPicture, hashedWeights } from './hashed-weights.ts';

const dimension = 2048;

interface Picture {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** Largest and mean difference of an image's features, as a share of the largest feature of all. */
interface Difference extends Picture {
  readonly largest: number;
  readonly mean: number;
}

/** The last `rows` rows of a .npy of float32. */
async function lastRows(path: string | URL, rows: number): Promise<Float32Array> {
  const npy = await readFile(path);
  return new Float32Array(new Uint8Array(npy.subarray(-rows * dimension * 4)).buffer);
}

/** Runs the network on each image beside the features [images, 2048] that another program gave. */
async function differences(
  graph: Uint8Array,
  pictures: readonly Picture[],
  expected: Float32Array,
): Promise<Difference[]> {
  const top = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(top).toBeGreaterThan(0.1);
  const session = await InferenceSession.create(graph);
  const found: Difference[] = [];
  for (const [row, picture] of pictures.entries()) {
    const { height, width, data } = picture;
    const images = new Tensor('uint8', data, [1, height, width, 3]);
    const features = (await session.run({ images })).features!.data as Float32Array;
    expect(features).toHaveLength(dimension);
    const apart = features.map(
      (value, i) => Math.abs(value - expected[row * dimension + i]!) / top,
    );
    const mean = apart.reduce((sum, value) => sum + value / dimension, 0);
    found.push({ ...picture, largest: Math.max(...apart), mean });
  }
  await session.release();
  return found;
}

const worstOf = (found: readonly Difference[]) => Math.max(...found.map(({ largest }) => largest));

describe('the FID Inception of hashed weights', () => {
  const weights = hashedWeights();
  const pictures = [
    { name: 'small', height: 24, width: 40, data: hashedPicture('small', 24, 40) },
    { name: 'large', height: 330, width: 310, data: hashedPicture('large', 330, 310) },
  ];
  // As make-fid-features.py has them.
  const modes: readonly FidMode[] = ['legacy_tensorflow', 'legacy_pytorch', 'clean'];

  let built: Uint8Array | undefined;

  it.each(modes)(
    "gives pytorch-fid's features in the mode %s",
    async (mode) => {
      const all = await lastRows(new URL('./fixtures/fid-features.npy', import.meta.url), 6);
      const first = modes.indexOf(mode) * 2 * dimension;
      const expected = all.slice(first, first + 2 * dimension);
      built = fidGraph(weights, mode, {});
      expect(worstOf(await differences(built, pictures, expected))).toBeLessThan(2e-5);
    },
    180_000,
  );

  it('takes no weights with a tensor more', () => {
    const tensors = new Map(weights.tensors).set('AuxLogits.fc.bias', constant([1000]));
    const refused = () => fidGraph({ ...weights, tensors }, 'clean', {});
    expect(refused).toThrow('unexpected tensor "AuxLogits.fc.bias"');
  });

  it('has 94 convolutions, 8 average pools and 5 max pools, and no classifier', () => {
    const { graph } = decodeModel(built ?? fidGraph(weights, 'clean', {}));
    const count = (type: string) => graph.node.filter(({ opType }) => opType === type).length;
    expect(count('Conv')).toBe(94);
    expect(count('AveragePool')).toBe(8);
    expect(count('MaxPool')).toBe(5);
    expect(count('BatchNormalization') + count('Gemm')).toBe(0);
  });
});

const golden = fileURLToPath(new URL('../../../shared/golden/', import.meta.url));

describe.skipIf(!existsSync(golden))('the FID Inception of weights that PyTorch wrote', () => {
  let known: StateDict | undefined;
  async function weights(): Promise<StateDict> {
    known ??= readLegacyFile(gunzipSync(await readFile(`${golden}fid-inception-synthetic.pth.gz`)));
    return known;
  }

  async function decoded(name: string): Promise<Picture> {
    const raw = sharp(`${golden}images/${name}`).removeAlpha().raw();
    const { data, info } = await raw.toBuffer({ resolveWithObject: true });
    return { name, height: info.height, width: info.width, data: new Uint8Array(data) };
  }

  const found = new Map<FidMode, Difference[]>();

  it.each(fidModes)(
    "gives pytorch-fid's features in the mode %s",
    async (mode) => {
      const names = (await readdir(`${golden}images`)).sort();
      const pictures = await Promise.all(names.map(decoded));
      const expected = await lastRows(`${golden}features-${mode}.npy`, names.length);
      const graph = fidGraph(await weights(), mode, {});
      found.set(mode, await differences(graph, pictures, expected));
      expect(worstOf(found.get(mode)!)).toBeLessThan(2e-5);
    },
    180_000,
  );

  // The rows of the table in docs/parity.md.
  afterAll(() => {
    const columns = fidModes.flatMap((mode) => found.get(mode) ?? []);
    const rows = found.get(fidModes[0])?.map(({ name, height, width }) => {
      const same = columns.filter((each) => each.name === name);
      const numbers = same.flatMap(({ largest, mean }) => [largest, mean]);
      const cells = numbers.map((value) => value.toExponential(1));
      return `| ${[name.replace(/\.png$/, ''), `${width} × ${height}`, ...cells].join(' | ')} |`;
    });
    console.log(rows?.join('\n'));
  });
});
