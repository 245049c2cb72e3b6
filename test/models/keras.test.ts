import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { addKerasLayers } from '../../src/models/keras-graph.ts';
import { kerasLayers } from '../../src/models/keras-layers.ts';
import { kerasWeights } from '../../src/models/keras-weights.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

const to = (...names: string[]) => [names.map((name) => [name, 0, 0, {}])];
const windowed = { strides: [1, 1], padding: 'same', data_format: 'channels_last' };
const convolution = {
  ...windowed,
  filters: 2,
  kernel_size: [1, 3],
  dilation_rate: [1, 1],
  activation: 'linear',
  use_bias: false,
};
const layer = (class_name: string, name: string, config: object, ...inputs: string[]) => ({
  class_name,
  name,
  config,
  inbound_nodes: inputs.length ? to(...inputs) : [],
});
const layers = [
  layer('InputLayer', 'in', {}),
  layer('Conv2D', 'conv', convolution, 'in'),
  layer('BatchNormalization', 'bn', { axis: 3, epsilon: 1e-3, center: true, scale: false }, 'conv'),
  layer('Activation', 'relu', { activation: 'relu' }, 'bn'),
  layer('AveragePooling2D', 'pool', { ...windowed, pool_size: [3, 3] }, 'relu'),
  layer('Concatenate', 'join', { axis: 3 }, 'relu', 'pool'),
  layer('Dense', 'answer', {}, 'join'),
];
const topology = (changed: object[] = layers) => ({
  model_config: { class_name: 'Model', config: { layers: changed } },
});
/** `layers` with one setting of one layer changed. */
const altered = (name: string, change: object) =>
  topology(
    layers.map((each) =>
      each.name === name ? { ...each, config: { ...each.config, ...change } } : each,
    ),
  );

const quantization = { dtype: 'uint8', min: -1, scale: 0.25 };
const weight = (name: string, shape: number[]) => ({ name, shape, dtype: 'float32', quantization });
const manifest = [
  {
    paths: ['a', 'b'],
    weights: [
      weight('bn/beta', [2]),
      weight('bn/moving_mean', [2]),
      weight('bn/moving_variance', [2]),
      weight('conv/kernel', [1, 3, 3, 2]),
    ],
  },
];
const bytes = Uint8Array.from({ length: 24 }, (_, i) => (i === 4 || i === 5 ? 6 + i : (i * 5) % 9));
const shards = (path: string) => (path === 'a' ? bytes.subarray(0, 7) : bytes.subarray(7));

describe('kerasWeights', () => {
  it('joins shards and gives byte · scale + min', () => {
    const weights = kerasWeights(manifest, shards);
    expect(weights('bn/moving_variance', [2])).toEqual(Float32Array.of(1.5, 1.75));
    expect(weights('conv/kernel', [1, 3, 3, 2])[0]).toBe(bytes[6]! * 0.25 - 1);
    expect(weights('conv/kernel', [1, 3, 3, 2])[1]).toBe(bytes[7]! * 0.25 - 1);
  });

  it('refuses shards that are too short or too long, other shapes and other manifests', () => {
    expect(() => kerasWeights(manifest, () => bytes)).toThrow('hold 48 weights, not 24');
    expect(() => kerasWeights(manifest, () => bytes.subarray(0, 5))).toThrow('hold 10 weights');
    const weights = kerasWeights(manifest, shards);
    expect(() => weights('bn/beta', [3])).toThrow('weight bn/beta is [2], not [3]');
    expect(() => weights('bn/gamma', [2])).toThrow('weight bn/gamma is [absent]');
    expect(() => kerasWeights([{ paths: [1] }], shards)).toThrow(StudyError);
  });
});

describe('kerasLayers', () => {
  it('stops at the layer asked for, whatever comes behind', () => {
    expect(kerasLayers(topology(), 'join').map(({ name }) => name)).toHaveLength(6);
    expect(kerasLayers(topology(), 'join').at(-1)?.inputs).toEqual(['relu', 'pool']);
  });

  it('refuses what it would translate wrongly', () => {
    const read = (model: unknown) => () => kerasLayers(model, 'join');
    expect(read(altered('conv', { use_bias: true }))).toThrow('unexpected layer conv');
    expect(read(altered('conv', { dilation_rate: [2, 2] }))).toThrow('unexpected layer conv');
    expect(read(altered('bn', { scale: true }))).toThrow('unexpected layer bn');
    expect(read(altered('relu', { activation: 'elu' }))).toThrow('unexpected layer relu');
    expect(read(altered('join', { axis: 1 }))).toThrow('unexpected layer join');
    expect(read({})).toThrow('unexpected model topology');
    expect(() => kerasLayers(topology(), 'answer')).toThrow('unexpected layer answer');
    expect(() => kerasLayers(topology(), 'none')).toThrow('no layer none');
  });
});

describe('addKerasLayers', () => {
  const translate = (model: unknown): GraphBuilder => {
    const graph = new GraphBuilder('keras');
    const input = graph.input('x', 'float32', ['n', 3, 'h', 'w']);
    const last = addKerasLayers(
      graph,
      kerasLayers(model, 'join'),
      kerasWeights(manifest, shards),
      input,
    );
    graph.output(last, 'float32', ['n', 4, 'h', 'w']);
    return graph;
  };

  it('computes what the layers say, in channels-last terms', async () => {
    const [height, width] = [3, 4];
    const image = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(i)); // NCHW
    const session = await InferenceSession.create(translate(topology()).encode());
    const x = new Tensor('float32', image, [1, 3, height, width]);
    const actual = (await session.run({ x })).join?.data as Float32Array;

    // Straight from Keras's definitions, one output at a time.
    const weights = kerasWeights(manifest, shards);
    const kernel = weights('conv/kernel', [1, 3, 3, 2]);
    const [beta, mean, variance] = ['beta', 'moving_mean', 'moving_variance'].map((name) =>
      weights(`bn/${name}`, [2]),
    ) as [Float32Array, Float32Array, Float32Array];
    const relu = (channel: number, row: number, column: number): number => {
      let sum = 0;
      for (let tap = 0; tap < 3; tap += 1) {
        const from = column + tap - 1;
        if (from < 0 || from >= width) continue;
        for (let c = 0; c < 3; c += 1) {
          sum += image[(c * height + row) * width + from]! * kernel[(tap * 3 + c) * 2 + channel]!;
        }
      }
      const unit = (sum - mean[channel]!) / Math.sqrt(variance[channel]! + 1e-3);
      return Math.max(0, unit + beta[channel]!);
    };
    const pooled = (channel: number, row: number, column: number): number => {
      const values: number[] = [];
      for (let r = Math.max(0, row - 1); r <= Math.min(height - 1, row + 1); r += 1) {
        for (let c = Math.max(0, column - 1); c <= Math.min(width - 1, column + 1); c += 1) {
          values.push(relu(channel, r, c));
        }
      }
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    let positive = 0;
    for (const [i, value] of actual.entries()) {
      const channel = Math.floor(i / (height * width));
      const row = Math.floor(i / width) % height;
      const from = channel < 2 ? relu : pooled;
      const expected = from(channel % 2, row, i % width);
      expect(Math.abs(value - expected)).toBeLessThan(1e-5 * (1 + expected));
      if (expected > 0) positive += 1;
    }
    expect(positive).toBeGreaterThan(actual.length / 4);
  });

  it('refuses windows that Keras would pad unevenly, and layers in the wrong order', () => {
    expect(() => translate(altered('pool', { strides: [2, 2] }))).toThrow(
      "'same' padding of 3 × 3",
    );
    expect(() => translate(altered('pool', { pool_size: [2, 2] }))).toThrow("'same' padding");
    const swapped = topology([layers[0]!, layers[3]!, ...layers.slice(4)]);
    expect(() => translate(swapped)).toThrow('layer relu cannot follow bn');
  });
});
