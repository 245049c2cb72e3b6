import { readFileSync } from 'node:fs';
import type { StateDict } from '../../src/torch/state-dict.ts';
import type { TorchTensor } from '../../src/torch/tensor.ts';

// The same as in fixtures/make-fid-features.py, which gave them to pytorch-fid's network.

type Shape = [out: number, inputs: number, height: number, width: number];
const shapes: Record<string, Shape> = JSON.parse(
  readFileSync(new URL('./fixtures/fid-shapes.json', import.meta.url), 'utf8'),
);

/** Weights of the FID Inception that are a hash of their names and places. */
export function hashedWeights(): StateDict {
  const tensors = new Map<string, TorchTensor>();
  for (const [layer, [out, inputs, height, width]] of Object.entries(shapes)) {
    const bound = Math.sqrt(6 / (inputs * height * width));
    const filter = `${layer}.conv.weight`;
    const values = uniform(filter, out * inputs * height * width, -bound, bound);
    // They lie as [height, width, in, out], as in the weights of 2015.
    const strides = [1, out, width * inputs * out, inputs * out];
    tensors.set(filter, tensor(filter, values, [out, inputs, height, width], strides));
    const perChannel = { weight: [0.75, 1.25], bias: [-0.5, 0.5], running_mean: [-0.5, 0.5] };
    for (const [part, [low, high]] of Object.entries({ ...perChannel, running_var: [0.5, 1.5] })) {
      const name = `${layer}.bn.${part}`;
      tensors.set(name, tensor(name, uniform(name, out, low!, high!), [out], [1]));
    }
  }
  // pytorch-fid's features do not pass the classifier, but weights of this network have it.
  const classifier = { 'fc.weight': [1008, 2048], 'fc.bias': [1008] };
  for (const [name, shape] of Object.entries(classifier)) {
    tensors.set(name, constant(shape));
  }
  return { tensors };
}

/** A tensor of ones. */
export function constant(shape: readonly number[]): TorchTensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1);
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((all, size) => all * size, 1),
  );
  return tensor('constant', values, shape, strides);
}

/** uint8 [height, width, 3]: squares of 4 pixels of hashed colours. */
export function hashedPicture(name: string, height: number, width: number): Uint8Array {
  const cells = Math.ceil(width / 4);
  const hash = hashes(name);
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return hash((Math.floor(y / 4) * cells + Math.floor(x / 4)) * 3 + c) >>> 24;
  });
}

function tensor(
  key: string,
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
): TorchTensor {
  const bytes = new Uint8Array(values.buffer);
  const storage = { key, type: 'float32', length: values.length, bytes } as const;
  return { storage, offset: 0, shape, strides };
}

/** In [low, high), rounded once from double. */
export function uniform(name: string, count: number, low: number, high: number): Float32Array {
  const hash = hashes(name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = low + (hash(i) / 2 ** 32) * (high - low);
  return values;
}

/** MurmurHash3's finalizer of FNV-1a of the name and of the place, uint32. */
function hashes(name: string): (place: number) => number {
  let seed = 0x811c9dc5;
  for (const byte of Buffer.from(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return (place) => {
    let h = (Math.imul(place, 0x9e3779b9) + seed) | 0;
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}
