import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Content, isStoredArray } from '../../../src/arrays/stored-array.ts';
import { zipOf } from '../../../src/arrays/zip.ts';
import { contentOf } from '../../../src/torch/content.ts';
import { Cursor } from '../../../src/torch/cursor.ts';
import { readLegacyFile } from '../../../src/torch/legacy-file.ts';
import { readObjects } from '../../../src/torch/objects.ts';
import { safeContent, safeValues } from '../../../src/torch/safe-content.ts';
import { safetensorsOf } from '../../../src/torch/safetensors.ts';
import { stateDictOf } from '../../../src/torch/state-dict.ts';
import { tensorValues } from '../../../src/torch/tensor.ts';
import { readTorchZip } from '../../../src/torch/torch-zip.ts';
import { readWeights } from '../../../src/torch/weights.ts';
import { zipNumbers } from './arrays.ts';
import { parser } from './parser.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../torch/fixtures/${name}`, import.meta.url));
const ofBoth = (...names: readonly string[]) =>
  names.flatMap((name) => [fixture(`one/${name}`), fixture(`two/${name}`)]);

const globals = ['ctorch._utils\n_rebuild_tensor_v2\n', 'cos\nsystem\n', 'cbuiltins\neval\n']
  .concat('cnumpy.core.multiarray\n_reconstruct\n', 'ctorch\nFloatStorage\n')
  .concat('ccollections\nOrderedDict\n', 'cnumpy.core.multiarray\nscalar\n')
  .concat('\x8c\x05numpy\x8c\x05dtype\x93', '\x8c\x02os\x8c\x06system\x93')
  // Opcodes that build, call, remember and fetch.
  .concat('(', 't', 'R', 'Q', 'q\0', 'h\0', 'j\xff\xff\xff\xff', 'K\x01', '}', 'b', '.', '\x85')
  .concat('\x94', '\x93', '\x87', '\x97', '\x98', 's', 'a', '\x96\x01\0\0\0\0\0\0\0x');

/** Bytes of a number as a pickle has it: integers, lengths of texts and bytes, frames. */
function pickledNumbers(file: Buffer) {
  const widths: Readonly<Record<number, 1 | 2 | 4 | 8>> = {
    66: 4, // BINBYTES
    67: 1, // SHORT_BINBYTES
    74: 4, // BININT
    75: 1, // BININT1
    77: 2, // BININT2
    88: 4, // BINUNICODE
    138: 1, // LONG1
    140: 1, // SHORT_BINUNICODE
    142: 8, // BINBYTES8
    149: 8, // FRAME
    150: 8, // BYTEARRAY8
  };
  return [...file].flatMap((code, i) => {
    const bytes = widths[code];
    return bytes && i + 1 + bytes <= file.length ? [{ at: i + 1, bytes }] : [];
  });
}

/** All arrays of what a file holds, by their place: shape and numbers. */
type Arrays = Map<string, readonly [shape: readonly number[], values: ArrayLike<number>]>;

async function arraysOf(content: Content, place = '', found: Arrays = new Map()): Promise<Arrays> {
  if (isStoredArray(content)) found.set(place, [content.shape, await content.read()]);
  else if (content instanceof Map || Array.isArray(content)) {
    for (const [key, each] of content.entries()) await arraysOf(each, `${place}.${key}`, found);
  }
  return found;
}

const productOf = (shape: readonly number[]) =>
  shape.reduce((product, extent) => product * extent, 1);

/** The format has no checksum: a value can be any that stands in the file, in the file's number. */
function wrongArrays(arrays: Arrays, bytes: Buffer): string | undefined {
  for (const [place, [shape, values]] of arrays) {
    if (productOf(shape) !== values.length) return `${place}: ${values.length} of shape ${shape}`;
    if (values.length > bytes.length) return `${place} has ${values.length} values`;
    for (let i = 0; i < values.length; i++) {
      if (typeof values[i] !== 'number') return `${place} has a gap at ${i}`;
    }
  }
  return undefined;
}

const same = (value: unknown, _: Buffer, original: unknown) =>
  isDeepStrictEqual(value, original) ? undefined : 'other values than the whole file has';

export const legacyFile = parser<Map<string, Float32Array>>({
  name: 'legacy torch file',
  thousands: [5, 200],
  files: [fixture('legacy.pth'), ...ofBoth('state-dict-legacy.pth')],
  numbers: pickledNumbers,
  words: globals,
  read(bytes) {
    const { tensors } = stateDictOf(readLegacyFile(bytes).value);
    const floats = [...tensors].filter(([, { storage }]) => storage.type.includes('float'));
    return new Map(floats.map(([name, each]) => [name, tensorValues(each, each.shape, name)]));
  },
  wrong(tensors, bytes) {
    for (const [name, values] of tensors) {
      if (values.length > 16 * bytes.length) return `${name} has ${values.length} values`;
      if (values.some((value) => value === undefined)) return `${name} has a gap`;
    }
    return undefined;
  },
});

export const torchZip = parser<Arrays>({
  name: 'torch zip',
  thousands: [1, 1000],
  files: [
    ...['features.pt', 'features-strided.pt', 'statistics.pt'].map(fixture),
    ...ofBoth('several.pt', 'bfloat16.pt', 'strided.pt'),
  ],
  numbers: zipNumbers,
  async read(bytes) {
    const { value, load } = await readTorchZip(await zipOf(bytes, 'x.pt'));
    return arraysOf(contentOf(value, load));
  },
  // Every member has a checksum: what is accepted has the values of the whole file.
  wrong: same,
});

const pickles = ['features.pt', 'features-strided.pt', 'statistics.pt'].map((name) => {
  const file = fixture(name);
  const start = file.indexOf('\x80\x02', 0, 'latin1');
  return file.subarray(start, file.indexOf('PK', start));
});

export const torchPickle = parser<Arrays>({
  name: 'torch pickle',
  thousands: [5, 1000],
  files: pickles,
  numbers: pickledNumbers,
  words: globals,
  async read(bytes) {
    const { value } = readObjects(new Cursor(bytes), 'zip');
    const content = contentOf(value, async (storage) => {
      // What it names is in the zip; here it must only lie within what is stated of it.
      if (storage.length <= bytes.length) storage.bytes = Buffer.alloc(8 * storage.length);
    });
    return arraysOf(content);
  },
  wrong: wrongArrays,
});

export const statisticsPickle = parser<Arrays>({
  name: 'pickle of statistics',
  thousands: [5, 1000],
  files: [2, 3, 4, 5].flatMap((protocol) =>
    ofBoth(`edm2-${protocol}.pkl`, `stylegan3-${protocol}.pkl`, `odd-${protocol}.pkl`),
  ),
  numbers: pickledNumbers,
  words: globals,
  read: (bytes) => arraysOf(contentOf(readObjects(new Cursor(bytes), 'bare').value)),
  wrong: wrongArrays,
});

/** Places of numbers in the header, as text, and its length. */
const header = () => [{ at: 0, bytes: 8 as const }];

export const safetensors = parser<Arrays>({
  name: 'safetensors',
  thousands: [10, 1000],
  files: ofBoth('features.safetensors', 'several.safetensors', 'weights.safetensors'),
  numbers: header,
  words: ['"F16"', '"BF16"', '"F64"', '[0,', ']', '"shape":', '"a":{', '}', ',', '"__metadata__"'],
  read(bytes) {
    const file = safetensorsOf(bytes, 'x.safetensors');
    const content = safeContent(file, async (name) => safeValues(file, name));
    const all = [...(content as ReadonlyMap<string, Content>)];
    // Whole numbers are labels, and are not read.
    const floats = all.filter(([, each]) => isStoredArray(each) && each.dtype.includes('float'));
    return arraysOf(new Map(floats));
  },
  wrong(arrays, bytes) {
    const total = [...arrays.values()].reduce((sum, [, values]) => sum + values.length, 0);
    return total <= bytes.length ? wrongArrays(arrays, bytes) : `${total} values`;
  },
});

export const weights = parser<Map<string, Float32Array>>({
  name: 'weights',
  thousands: [1, 100],
  files: ofBoth('state-dict.pth', 'state-dict-legacy.pth', 'weights.safetensors'),
  numbers: zipNumbers,
  async read(bytes) {
    const { tensors } = await readWeights(bytes);
    const floats = [...tensors].filter(([, { storage }]) => storage.type.includes('float'));
    return new Map(floats.map(([name, each]) => [name, tensorValues(each, each.shape, name)]));
  },
  wrong(tensors, bytes) {
    for (const [name, values] of tensors) {
      if (values.length > bytes.length) return `${name} has ${values.length} values`;
    }
    return undefined;
  },
});
