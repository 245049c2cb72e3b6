import { describe, expect, it } from 'vitest';
import { descriptionFormat, descriptionSchema } from '../../../src/models/custom/description.ts';
import { fitOf } from '../../../src/models/custom/fit.ts';
import { propose } from '../../../src/models/custom/proposal.ts';
import type { Port, Signature } from '../../../src/onnx/signature.ts';

const images: Port = { name: 'x', type: 'float32', dims: ['N', 3, 8, 8] };
const rows: Port = { name: 'y', type: 'float32', dims: ['N', 5] };

function network(part: Partial<Signature> = {}): Signature {
  const about = {
    producer: '',
    irVersion: 8,
    opsets: new Map([['ai.onnx', 17]]),
    externalFiles: [],
  };
  return { ...about, inputs: [images], outputs: [rows], ...part };
}

const resize = { size: 8, filter: 'pillow-bicubic' };

function describing(part: object = {}) {
  const input = { name: 'x', layout: 'NCHW' };
  const base = { format: descriptionFormat, input, resize, output: { name: 'y' } };
  return descriptionSchema.parse({ ...base, ...part });
}

const output = (part: object) => ({ output: { name: 'y', ...part } });
const giving = (port: Partial<Port>) => network({ outputs: [{ ...rows, ...port }] });
const taking = (port: Partial<Port>) => network({ inputs: [{ ...images, ...port }] });

describe('fitOf', () => {
  it('reads type, images a run and numbers in a row off the network', () => {
    const fitted = (signature: Signature, part?: object) =>
      fitOf(describing(part), signature, 'net.onnx');
    expect(fitted(network())).toEqual({ type: 'float32', batch: null, dimension: 5 });
    expect(fitted(taking({ type: 'uint8', dims: [4, 3, 8, 8] }))).toMatchObject({
      type: 'uint8',
      batch: 4,
    });
    expect(fitted(taking({ dims: null })).batch).toBe(null);
    expect(fitted(taking({ dims: ['N', '?', 'H', 'W'] }), { resize: undefined }).dimension).toBe(5);
    const nhwc = { input: { name: 'x', layout: 'NHWC' } };
    expect(fitted(taking({ dims: ['N', 8, 8, 3] }), nhwc).dimension).toBe(5);
    const tokens = giving({ dims: ['N', 'T', 6] });
    for (const pooling of ['cls', 'mean-tokens', 'mean-patches']) {
      expect(fitted(tokens, output({ pooling })).dimension).toBe(6);
    }
    const maps = giving({ dims: ['N', 7, 2, 3] });
    expect(fitted(maps, output({ pooling: 'mean-space' })).dimension).toBe(7);
    expect(fitted(giving({ dims: ['N', 'D'] }), output({ dimension: 9 })).dimension).toBe(9);
    expect(fitted(giving({ dims: null }), output({ dimension: 9, pooling: 'cls' })).dimension).toBe(
      9,
    );
  });

  const ids: Port = { name: 'input_ids', type: 'int64', dims: ['N', 77] };
  it.each<[string, Signature, object, string, string]>([
    [
      'an input that is not there',
      network(),
      { input: { name: 'pixels', layout: 'NCHW' } },
      'net.onnx has no input pixels',
      'its inputs: x',
    ],
    [
      'an output that is not there',
      network({ outputs: [rows, ids] }),
      { output: { name: 'z' } },
      'has no output z',
      'y, input_ids',
    ],
    [
      'a network that needs texts too',
      network({ inputs: [images, ids] }),
      {},
      'needs more than images: input_ids int64 [N, 77]',
      'export the part',
    ],
    ['float16 images', taking({ type: 'float16' }), {}, 'takes float16: x float16', 'in float32'],
    ['float16 features', giving({ type: 'float16' }), {}, 'gives float16: y float16', 'in float32'],
    ['int64 images', taking({ type: 'int64' }), {}, 'takes int64', 'float32 or uint8'],
    [
      'grey images',
      taking({ dims: ['N', 1, 8, 8] }),
      {},
      'does not take RGB images in NCHW',
      'NHWC for',
    ],
    ['rows for images', taking({ dims: ['N', 192] }), {}, 'does not take RGB images', 'layout'],
    ['the wrong layout', taking({ dims: ['N', 8, 8, 3] }), {}, 'x float32 [N, 8, 8, 3]', 'layout'],
    [
      'another size',
      taking({ dims: ['N', 3, 8, 9] }),
      {},
      'takes images of 8 × 9, but gets 8 × 8',
      'resize',
    ],
    [
      'no size where one is needed',
      network(),
      { resize: undefined },
      'takes images of 8 × 8',
      'resize',
    ],
    [
      'images that are not square',
      network(),
      { resize: { shortest: 8, filter: 'pillow-bicubic' } },
      'takes images of 8 × 8',
      'add "crop": [8, 8]',
    ],
    [
      'scaling of bytes',
      taking({ type: 'uint8' }),
      { scaling: {} },
      'takes uint8: there is nothing to scale',
      'leave scaling out',
    ],
    [
      'tokens without a pooling',
      giving({ dims: ['N', 4, 5] }),
      {},
      'pooling none does not fit y float32 [N, 4, 5]',
      'cls, mean-tokens, mean-patches',
    ],
    [
      'a pooling of rows',
      network(),
      output({ pooling: 'mean-space' }),
      'pooling mean-space does not fit',
      'poolings that fit: none',
    ],
    [
      'an output of five axes',
      giving({ dims: ['N', 1, 2, 3, 4] }),
      {},
      'pooling none does not fit',
      'features come from outputs',
    ],
    [
      'rows of an unknown length',
      giving({ dims: ['N', 'D'] }),
      {},
      'does not state the features per image',
      'state it as dimension',
    ],
    [
      'rows of another length',
      network(),
      output({ dimension: 6 }),
      '5 features per image, not 6',
      'leave dimension out',
    ],
  ])('refuses %s', (_, signature, part, message, hint) => {
    expect(() => fitOf(describing(part), signature, 'net.onnx')).toThrow(
      expect.objectContaining({
        name: 'StudyError',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });
});

describe('propose', () => {
  it.each<[string, Signature]>([
    ['rows', network()],
    ['tokens', giving({ dims: ['N', 'T', 6] })],
    ['maps', giving({ dims: ['N', 6, 7, 7] })],
    ['any size', taking({ dims: ['N', 3, 'H', 'W'] })],
    ['NHWC', taking({ dims: [1, 8, 9, 3] })],
    ['bytes', taking({ type: 'uint8' })],
    ['bytes of any size', taking({ type: 'uint8', dims: ['N', 'H', 'W', 3] })],
    [
      'no shapes',
      network({ inputs: [{ ...images, dims: null }], outputs: [{ ...rows, dims: null }] }),
    ],
  ])('fits the network that it was made from: %s', (_, signature) => {
    const { json } = propose(signature);
    const description = descriptionSchema.parse(JSON.parse(json));
    expect(fitOf(description, signature, 'net.onnx').dimension).toBeGreaterThan(0);
  });

  it('says what a person must look up', () => {
    expect(propose(network()).toCheck.join('\n')).toMatch(/^resize: .*\nscaling: .*ImageNet's/);
    const two = propose(network({ outputs: [{ ...rows, dims: ['N', 'D'] }, rows] })).toCheck;
    expect(two.join('\n')).toMatch(/output: one of y float32 \[N, D\], y[\s\S]*output.dimension/);
    expect(propose(giving({ dims: ['N', 'D'] }), 9).json).toContain('"dimension": 9');
    expect(propose(taking({ type: 'uint8', dims: ['N', 'H', 'W', 3] })).toCheck).toEqual([]);
  });
});
