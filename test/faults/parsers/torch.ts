import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Cursor } from '../../../src/torch/cursor.ts';
import { readFidelityCache } from '../../../src/torch/fidelity-cache.ts';
import { readFidelityPickle } from '../../../src/torch/fidelity-pickle.ts';
import { readLegacyFile } from '../../../src/torch/legacy-file.ts';
import { arrayValues } from '../../../src/torch/numpy-array.ts';
import { openSafetensors } from '../../../src/torch/safetensors.ts';
import { tensorValues } from '../../../src/torch/tensor.ts';
import { float32, safeFile } from '../../torch/safe-file.ts';
import { asFile } from '../scratch.ts';
import { zipNumbers } from './arrays.ts';
import { parser } from './parser.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../torch/fixtures/${name}`, import.meta.url));
const caches = ['features.pt', 'features-strided.pt', 'statistics.pt'].map(fixture);
const globals = ['ctorch._utils\n_rebuild_tensor_v2\n', 'cos\nsystem\n', 'cbuiltins\neval\n']
  .concat('cnumpy.core.multiarray\n_reconstruct\n', 'ctorch\nFloatStorage\n')
  // Opcodes that build, call, remember and fetch.
  .concat('(', 't', 'R', 'Q', 'q\0', 'h\0', 'j\xff\xff\xff\xff', 'K\x01', '}', 'b', '.', '\x85');

/** Bytes of a number as a pickle has it: K, M and J, X for a text's length, and LONG1's. */
function pickledNumbers(file: Buffer) {
  const widths: Readonly<Record<number, 1 | 2 | 4>> = {
    75: 1, // K
    77: 2, // M
    74: 4, // J
    88: 4, // X
    138: 1,
  };
  return [...file].flatMap((code, i) => {
    const bytes = widths[code];
    return bytes && i + 1 + bytes <= file.length ? [{ at: i + 1, bytes }] : [];
  });
}

export const legacyFile = parser<Map<string, Float32Array>>({
  name: 'legacy torch file',
  thousands: [10, 200],
  files: ['legacy.pth', 'own-weights.pth'].map(fixture),
  numbers: pickledNumbers,
  words: globals,
  read(bytes) {
    const { tensors } = readLegacyFile(bytes);
    const floats = [...tensors].filter(([, { storage }]) => storage.type === 'float32');
    return new Map(floats.map(([name, each]) => [name, tensorValues(each, each.shape, name)]));
  },
  // The format has no checksum: a value can be any that stands in the file, in the file's number.
  wrong(tensors, bytes) {
    for (const [name, values] of tensors) {
      if (values.length > 16 * bytes.length) return `${name} has ${values.length} values`;
      if (values.some((value) => value === undefined)) return `${name} has a gap`;
    }
    return undefined;
  },
});

export const fidelityCache = parser({
  name: 'torch-fidelity cache',
  thousands: [1, 30],
  files: caches,
  numbers: zipNumbers,
  read: (bytes) => readFidelityCache(asFile('cache.pt', bytes)),
  // Every member has a checksum: what is accepted has the values of the whole file.
  wrong: (value, _, original) =>
    isDeepStrictEqual(value, original) ? undefined : 'other values than the whole file has',
});

const pickles = caches.map((file) => {
  const start = file.indexOf('\x80\x02', 0, 'latin1');
  return file.subarray(start, file.indexOf('PK', start));
});

export const fidelityPickle = parser<
  readonly [name: string, shape: readonly number[], count: number][]
>({
  name: 'torch-fidelity pickle',
  thousands: [10, 300],
  files: pickles,
  numbers: pickledNumbers,
  words: globals,
  read(bytes) {
    const { arrays, storages } = readFidelityPickle(new Cursor(bytes));
    return [...arrays].map(([name, array]) => {
      if (!('storage' in array)) {
        const { shape, values } = arrayValues(array, name);
        return [name, shape, values.length];
      }
      const { storage, shape, strides, offset } = array;
      if (storages.get(storage.key) !== storage) throw new Error('an unknown storage');
      const last = shape.reduce((at, extent, i) => at + (extent - 1) * strides[i]!, offset);
      // What it names is in the zip; here it must only lie within what is stated of it.
      return [name, shape, shape.includes(0) || last < storage.length ? productOf(shape) : -1];
    });
  },
  wrong(arrays) {
    const other = arrays.find(([, shape, count]) => productOf(shape) !== count);
    return other && `${other[0]}: ${other[2]} values of shape ${other[1]}`;
  },
});

export const safetensors = parser<Map<string, Float32Array>>({
  name: 'safetensors file',
  thousands: [5, 100],
  files: [
    safeFile({
      'a.weight': float32([2, 3], [1, 2, 3, 4, 5, 6]),
      'a.bias': float32([3], [7, 8, 9]),
    }),
    safeFile(
      { b: { dtype: 'BF16', shape: [2, 1], bytes: Uint8Array.of(128, 63, 0, 64) } },
      { format: 'pt' },
    ),
  ],
  numbers: () => [{ at: 0, bytes: 4 }],
  words: ['"shape":[', '"dtype":"F64"', '[0,4]', '"F16"', '"I64"', ',', '{', '}', '1e9', '-1'],
  read(bytes) {
    const file = openSafetensors(asFile('x.safetensors', bytes));
    try {
      return new Map(
        [...file.tensors].map(([name, { shape }]) => [name, file.values(name, shape)]),
      );
    } finally {
      file.close();
    }
  },
  // The format has no checksum: values may be any, but no more than stand in the file.
  wrong(tensors, bytes) {
    const all = [...tensors.values()].reduce((sum, { length }) => sum + length, 0);
    return 2 * all > bytes.length ? `${all} values of ${bytes.length} bytes` : undefined;
  },
});

const productOf = (shape: readonly number[]) =>
  shape.reduce((product, extent) => product * extent, 1);
