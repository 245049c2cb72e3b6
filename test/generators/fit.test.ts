import { describe, expect, it } from 'vitest';
import { parseGenerator } from '../../src/generators/description.ts';
import { generatorFit } from '../../src/generators/fit.ts';
import type { Port, Signature } from '../../src/onnx/signature.ts';

const z: Port = { name: 'z', type: 'float32', dims: ['N', 8] };
const y: Port = { name: 'y', type: 'int64', dims: ['N'] };
const images: Port = { name: 'images', type: 'float32', dims: ['N', 3, 16, 32] };
const plain = {
  format: 'fid-study generator 1',
  latent: { name: 'z', shape: [8], distribution: 'normal' },
  output: { name: 'images', range: [-1, 1] },
};
const classes = { name: 'y', count: 4, labels: 'balanced' };

function fitOf(inputs: readonly Port[], output: Port, description: object = {}) {
  const signature = { inputs, outputs: [output] } as unknown as Signature;
  const parsed = parseGenerator(JSON.stringify({ ...plain, ...description }), 'g.json');
  return generatorFit(parsed, signature, 'g.onnx');
}

describe('generatorFit', () => {
  it('takes what the file states', () => {
    expect(fitOf([z], images)).toEqual({ batch: 16, height: 16, width: 32, classes: null });
    expect(fitOf([z, y], images, { classes })).toMatchObject({ classes: 'int64' });
    const oneHot = { ...y, type: 'float32', dims: ['N', 4] };
    expect(fitOf([z, oneHot], images, { classes })).toMatchObject({ classes: 'one-hot' });
    const fixed = { ...images, dims: [5, 3, 16, 32] };
    expect(fitOf([{ ...z, dims: [5, 8] }], fixed)).toMatchObject({ batch: 5 });
    expect(fitOf([z], images, { batch: 3 })).toMatchObject({ batch: 3 });
    const open = { ...images, dims: ['N', 1, 'h', 'w'] };
    const output = { ...plain.output, size: [4, 6] };
    expect(fitOf([z], open, { output })).toMatchObject({ height: 4, width: 6 });
    const bytes = { name: 'images', type: 'uint8', dims: ['N', 16, 32, 3] };
    expect(fitOf([z], bytes, { output: { name: 'images', layout: 'NHWC' } })).toMatchObject({
      height: 16,
    });
  });

  it.each<readonly [string, readonly Port[], Port, object, string]>([
    ['no latent input', [], images, {}, 'g.onnx has no latent input z'],
    ['another latent input', [{ ...z, name: 'x' }], images, {}, 'g.onnx has no latent input z'],
    [
      'latents of another type',
      [{ ...z, type: 'float16' }],
      images,
      {},
      'takes latents of float16',
    ],
    [
      'latents of another shape',
      [{ ...z, dims: ['N', 9] }],
      images,
      {},
      'z float32 [N, 9], which [N, 8] does not fit',
    ],
    ['latents of more axes', [{ ...z, dims: ['N', 8, 1] }], images, {}, 'does not fit'],
    ['an input that is not described', [z, y], images, {}, 'needs more than its description gives'],
    ['no class input', [z], images, { classes }, 'g.onnx has no class input y'],
    [
      'classes of another type',
      [z, { ...y, type: 'bool' }],
      images,
      { classes },
      'takes classes as',
    ],
    [
      'another number of classes',
      [z, { ...y, type: 'float32', dims: ['N', 10] }],
      images,
      { classes },
      'g.onnx takes 10 classes, not 4',
    ],
    ['no such output', [z], { ...images, name: 'out' }, {}, 'g.onnx has no output images'],
    [
      'a row, which is no image',
      [z],
      { ...images, dims: ['N', 768] },
      {},
      'gives no images in NCHW',
    ],
    ['four channels', [z], { ...images, dims: ['N', 4, 8, 8] }, {}, 'gives no images in NCHW'],
    ['whole numbers', [z], { ...images, type: 'int64' }, {}, 'gives int64, which is no image'],
    ['no size', [z], { ...images, dims: null }, {}, 'does not state the size of its images'],
    [
      'another size',
      [z],
      images,
      { output: { ...plain.output, size: 16 } },
      'gives images of 16 × 32, not 16 × 16',
    ],
    ['no range', [z], images, { output: { name: 'images' } }, 'range of images float32'],
    ['a range of bytes', [z], { ...images, type: 'uint8' }, {}, 'gives uint8: it has no range'],
    [
      'two numbers of images',
      [{ ...z, dims: [4, 8] }],
      { ...images, dims: [5, 3, 16, 32] },
      {},
      'runs 4 and 5 images at a time',
    ],
    [
      'another batch than its own',
      [{ ...z, dims: [4, 8] }],
      images,
      { batch: 5 },
      'runs 4 images at a time, not 5',
    ],
    [
      'too many pixels at a time',
      [z],
      { ...images, dims: ['N', 3, 8192, 8192] },
      {},
      'would run 16 images of 8192 × 8192 at a time',
    ],
  ])('refuses %s', (_, inputs, output, description, message) => {
    expect(() => fitOf(inputs, output, description)).toThrow(message);
  });
});

describe('parseGenerator', () => {
  const latent = (more: object) => ({ latent: { ...plain.latent, ...more } });
  it.each([
    [{ format: 'fid-study extractor 1' }, 'format'],
    [latent({ distribution: 'gaussian' }), 'latent.distribution'],
    [latent({ distribution: 'uniform', low: 1, high: 1 }), 'latent.high'],
    [latent({ distribution: 'truncated' }), 'latent.bound'],
    [latent({ distribution: 'truncated', bound: 0.01 }), 'latent.bound'],
    [latent({ std: -1 }), 'latent.std'],
    [latent({ shape: [0] }), 'latent.shape[0]'],
    [latent({ shape: [2 ** 20, 2 ** 20] }), 'latent.shape'],
    [latent({ distribution: 'unit', std: 1 }), 'latent'],
    [{ classes: { ...classes, count: 1 } }, 'classes.count'],
    [{ classes: { ...classes, labels: 'all' } }, 'classes.labels'],
    [{ output: { name: 'images', range: [1, -1] } }, 'output.range'],
    [{ batch: 0 }, 'batch'],
    [{ steps: 100 }, 'steps'],
  ])('names the field of %j', (change, field) => {
    const text = JSON.stringify({ ...plain, ...change });
    expect(() => parseGenerator(text, 'g.json')).toThrow('g.json does not describe a generator: ');
    expect(() => parseGenerator(text, 'g.json')).toThrow(field);
  });

  it('says what is no JSON', () => {
    expect(() => parseGenerator('{', 'g.json')).toThrow('g.json is not JSON');
  });
});
