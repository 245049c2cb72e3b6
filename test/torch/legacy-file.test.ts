import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { readLegacyFile } from '../../src/torch/legacy-file.ts';
import { stateDictOf } from '../../src/torch/state-dict.ts';
import { tensorValues } from '../../src/torch/tensor.ts';
import { golden, lacksGolden } from '../golden.ts';

const fixture = readFileSync(new URL('./fixtures/legacy.pth', import.meta.url));
const HEAD = 'pt_inception-2015-12-05-6726825d.head.bin';

/** `base` of make-legacy.py. */
const base = (i: number) => i / 8 - 3;

describe('readLegacyFile', () => {
  const { value, storages } = readLegacyFile(fixture);
  const { tensors } = stateDictOf(value);
  const values = (name: string, shape: number[]) => [
    ...tensorValues(tensors.get(name)!, shape, name),
  ];

  it('reads what PyTorch wrote: names, shapes, strides, shared storages', () => {
    expect([...tensors.keys()]).toEqual([
      'conv.weight',
      'fc.weight',
      'plain',
      'shared.rows',
      'shared.column',
      'scalar',
      'empty',
      'num_batches_tracked',
    ]);
    expect(tensors.get('conv.weight')).toMatchObject({
      shape: [4, 4, 2, 3],
      strides: [1, 4, 48, 16],
    });
    expect(tensors.get('shared.rows')?.storage).toBe(tensors.get('shared.column')?.storage);
    expect(storages.size).toBe(7);
    expect(tensors.get('num_batches_tracked')?.storage.type).toBe('int64');
  });

  it('gives values in row-major order, whatever the strides', () => {
    const conv = values('conv.weight', [4, 4, 2, 3]);
    let at = 0;
    for (let o = 0; o < 4; o++) {
      for (let i = 0; i < 4; i++) {
        for (let y = 0; y < 2; y++) {
          for (let x = 0; x < 3; x++) {
            expect(conv[at++]).toBe(base(((y * 3 + x) * 4 + i) * 4 + o));
          }
        }
      }
    }
    expect(values('fc.weight', [3, 5])).toEqual(
      Array.from({ length: 15 }, (_, i) => base((i % 5) * 3 + Math.floor(i / 5))),
    );
    expect(values('plain', [2, 3])).toEqual([0, 1, 2, 3, 4, 5].map(base));
    expect(values('shared.rows', [3, 4])).toEqual(
      Array.from({ length: 12 }, (_, i) => base(10 + i)),
    );
    expect(values('shared.column', [4])).toEqual([1, 26, 51, 76].map(base));
    expect(values('scalar', [])).toEqual([0.15625]);
    expect(values('empty', [0, 4])).toEqual([]);
  });

  it('refuses a tensor as another shape or type', () => {
    expect(() => values('plain', [3, 2])).toThrow('plain is float32 [2,3], not float32 [3,2]');
    expect(() => values('num_batches_tracked', [])).toThrow('is int64 []');
  });

  it('refuses every cut, and more bytes than there should be', () => {
    for (let length = 0; length < fixture.length; length += 1) {
      expect(() => readLegacyFile(fixture.subarray(0, length))).toThrow(StudyError);
    }
    const longer = Buffer.concat([fixture, Buffer.of(0)]);
    expect(() => readLegacyFile(longer)).toThrow('1 bytes follow its last storage');
  });

  it('reads a cut file as far as it goes where that is asked for', () => {
    const { tensors: some } = stateDictOf(
      readLegacyFile(fixture.subarray(0, -40), { cut: true }).value,
    );
    const present = [...some.values()].filter(({ storage }) => storage.bytes);
    expect(some.size).toBe(8);
    expect(present.length).toBeLessThan(8);
    const [name, missing] = [...some].find(([, { storage }]) => !storage.bytes)!;
    if (missing.storage.type === 'float32') {
      expect(() => tensorValues(missing, missing.shape, name)).toThrow('missing');
    }
  });

  it.skipIf(lacksGolden(HEAD))(
    'reads the head of the real weights: 566 tensors, 119 storages',
    () => {
      const { value, storages } = readLegacyFile(readFileSync(golden(HEAD)), { cut: true });
      const state = stateDictOf(value);
      expect(state.tensors.size).toBe(566);
      const all = [...state.tensors];
      const ending = (suffix: string) => all.filter(([name]) => name.endsWith(suffix));
      for (const suffix of [
        'bias',
        'num_batches_tracked',
        'running_mean',
        'running_var',
        'weight',
      ]) {
        expect(ending(`.bn.${suffix}`)).toHaveLength(94);
      }
      expect(ending('.conv.weight')).toHaveLength(94);
      for (const [name, { shape, strides, storage }] of all) {
        expect(storage.type).toBe(name.endsWith('tracked') ? 'int64' : 'float32');
        expect(strides).toHaveLength(shape.length);
        if (!name.endsWith('.conv.weight')) continue;
        const [outputs, inputs, , width] = shape as [number, number, number, number];
        expect(strides).toEqual([1, outputs, width * inputs * outputs, inputs * outputs]);
      }
      expect(state.tensors.get('fc.weight')).toMatchObject({
        shape: [1008, 2048],
        strides: [1, 1008],
      });
      const present = [...storages.values()].filter(({ bytes }) => bytes);
      expect(present).toHaveLength(119);

      const first = state.tensors.get('Conv2d_1a_3x3.conv.weight')!;
      expect(first.strides).toEqual([1, 32, 288, 96]);
      const row = tensorValues(first, [32, 3, 3, 3], 'first').subarray(0, 3);
      for (const [i, value] of [0.01260555, -0.00162022, 0.09091024].entries()) {
        expect(row[i]).toBeCloseTo(value, 8);
      }
    },
  );
});
