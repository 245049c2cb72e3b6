import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { looksLikeSafetensors, openSafetensors } from '../../src/torch/safetensors.ts';
import { float32, safeFile, safeFileOf } from './safe-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'study-safe-'));

function opened(bytes: Uint8Array) {
  const path = join(folder, 'x.safetensors');
  writeFileSync(path, bytes);
  return openSafetensors(path);
}

const bytesOf = (array: Uint16Array | Float32Array | Float64Array | BigInt64Array) =>
  new Uint8Array(array.buffer);
const f16 = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff);
const bf16 = Uint16Array.of(0x3f80, 0xc000, 0x3eab, 0x0001, 0x7f7f);
const whole = safeFile(
  {
    'a.weight': float32([2, 3], [0, 0.5, -1, 2, 1e-40, 3]),
    half: { dtype: 'F16', shape: [5], bytes: bytesOf(f16) },
    brain: { dtype: 'BF16', shape: [5, 1], bytes: bytesOf(bf16) },
    double: { dtype: 'F64', shape: [2], bytes: bytesOf(Float64Array.of(0.1, -3)) },
    position_ids: { dtype: 'I64', shape: [1, 2], bytes: bytesOf(BigInt64Array.of(0n, 1n)) },
    scalar: float32([], [7]),
    empty: float32([0, 4], []),
  },
  { format: 'pt' },
);

describe('openSafetensors', () => {
  it('reads names, types, shapes and metadata', () => {
    const file = opened(whole);
    expect(
      [...file.tensors].map(([name, { type, shape }]) => `${name} ${type} [${shape}]`),
    ).toEqual([
      'a.weight F32 [2,3]',
      'half F16 [5]',
      'brain BF16 [5,1]',
      'double F64 [2]',
      'position_ids I64 [1,2]',
      'scalar F32 []',
      'empty F32 [0,4]',
    ]);
    expect([...file.metadata]).toEqual([['format', 'pt']]);
    file.close();
  });

  it('gives the values of every floating type', () => {
    const file = opened(whole);
    const floats = (...values: number[]) => Float32Array.from(values);
    expect(file.values('a.weight', [2, 3])).toEqual(floats(0, 0.5, -1, 2, 1e-40, 3));
    expect(file.values('half', [5])).toEqual(floats(1, -2, 1365 / 4096, 2 ** -24, 65504));
    const brain = floats(1, -2, 171 / 512, 2 ** -133, (2 - 2 ** -7) * 2 ** 127);
    expect(file.values('brain', [5, 1])).toEqual(brain);
    expect(file.values('double', [2])).toEqual(floats(0.1, -3));
    expect(file.readInto('double', 0, new Float64Array(2))).toEqual(Float64Array.of(0.1, -3));
    expect(file.values('scalar', [])).toEqual(floats(7));
    expect(file.values('empty', [0, 4])).toEqual(floats());
    file.close();
  });

  it('reads any run of elements, over more than one step too', () => {
    const values = Float32Array.from({ length: 600_000 }, (_, i) => i / 8);
    const file = opened(safeFile({ pad: float32([1], [9]), x: float32([600, 1000], values) }));
    for (const [first, count] of [
      [0, 600_000],
      [262_143, 2],
      [599_999, 1],
      [5, 300_000],
    ] as const) {
      const out = file.readInto('x', first, new Float32Array(count));
      // toEqual takes seconds on so many.
      expect(Buffer.compare(bytesOf(out), bytesOf(values.slice(first, first + count)))).toBe(0);
    }
    expect(() => file.readInto('x', 599_999, new Float32Array(2))).toThrow(RangeError);
    file.close();
  });

  it('refuses a missing tensor, another shape, and whole numbers as weights', () => {
    const file = opened(whole);
    expect(() => file.values('b', [1])).toThrow('tensor b is missing in ');
    expect(() => file.values('a.weight', [3, 2])).toThrow(
      /a\.weight of .* is \[2,3\], not \[3,2\]/,
    );
    expect(() => file.values('position_ids', [1, 2])).toThrow(
      /position_ids of .* is I64; F16, BF16, F32 and F64 are read/,
    );
    file.close();
  });

  it('refuses every cut, and more bytes than its tensors take', () => {
    for (let length = 0; length < whole.length; length += 3) {
      expect(() => opened(whole.subarray(0, length))).toThrow(StudyError);
    }
    expect(() => opened(Buffer.concat([whole, Buffer.of(0)]))).toThrow('its tensors take');
  });

  const entry = (more: object) => ({ dtype: 'F32', shape: [1], data_offsets: [0, 4], ...more });
  it.each<readonly [string, Uint8Array, string]>([
    [
      'a header longer than the file',
      Buffer.from('ffffffffffffff7f7b7d', 'hex'),
      'its header would have',
    ],
    ['no JSON', safeFileOf('{', new Uint8Array()), 'is not JSON'],
    ['a list', safeFileOf('[]', new Uint8Array()), 'is no object, but a list'],
    ['no UTF-8', safeFileOf('{}', new Uint8Array()).fill(0xff, 8, 9), 'not UTF-8'],
    [
      'metadata of numbers',
      safeFileOf('{"__metadata__":{"a":1}}', new Uint8Array()),
      'are no texts',
    ],
    ...(
      [
        ['an unknown type', { dtype: 'C64' }, '"a" of .*: dtype'],
        ['a negative side', { shape: [-1] }, 'shape.0'],
        ['a side that is no whole number', { shape: [0.5] }, 'shape.0'],
        ['seventeen axes', { shape: Array(17).fill(1) }, 'shape'],
        ['more than it needs', { shape: [1], data_offsets: [0, 8] }, 'lies from 0 to 8'],
        ['an overflowing shape', { shape: [2 ** 40, 2 ** 40] }, 'lies from 0 to 4'],
        ['a place beyond the file', { data_offsets: [4, 8] }, 'lies from 4 to 8'],
        ['an end before its start', { data_offsets: [4, 0] }, 'lies from 4 to 0'],
        ['an unknown field', { strides: [1] }, 'strides'],
      ] as const
    ).map(([what, more, message]) => {
      const header = JSON.stringify({ a: entry(more) });
      return [what, safeFileOf(header, new Uint8Array(4)), message] as const;
    }),
    [
      'an overlap',
      safeFileOf(JSON.stringify({ a: entry({}), b: entry({}) }), new Uint8Array(4)),
      'a gap or an overlap at byte 4',
    ],
    [
      'a name that comes twice',
      safeFileOf(`{"a":${JSON.stringify(entry({}))},"\\u0061":{}}`, new Uint8Array(4)),
      'has the key "a" twice',
    ],
    [
      'a type that comes twice',
      safeFileOf('{"a":{"dtype":"F16","dtype":"F32"}}', new Uint8Array(4)),
      'has the key "dtype" twice',
    ],
    [
      'a gap',
      safeFileOf(JSON.stringify({ a: entry({ data_offsets: [4, 8] }) }), new Uint8Array(8)),
      'a gap or an overlap at byte 0',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => opened(bytes)).toThrow(new RegExp(message));
    expect(() => opened(bytes)).toThrow(StudyError);
  });

  it.each(['one', 'two'])('reads bfloat16 and float64 that safetensors wrote: %s', (version) => {
    const fixture = (name: string) =>
      fileURLToPath(new URL(`./fixtures/${version}/${name}.safetensors`, import.meta.url));
    const features = Float32Array.from({ length: 60 }, (_, i) => ((i * i) % 41) / 8 - 2);
    const brain = openSafetensors(fixture('features'));
    expect(brain.values('features', [12, 5])).toEqual(features);
    brain.close();
    const several = openSafetensors(fixture('several'));
    expect(several.tensors.get('dino')).toMatchObject({ type: 'F64', shape: [12, 3] });
    expect(several.values('inception', [12, 5])).toEqual(features);
    several.close();
  });

  it('are known by their beginning, and no batch of images or pickle is taken for one', () => {
    const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
    expect(looksLikeSafetensors(fixture('two/features.safetensors').subarray(0, 512))).toBe(true);
    expect(looksLikeSafetensors(Buffer.alloc(512))).toBe(false);
    expect(looksLikeSafetensors(Buffer.from('{"a": 1}'))).toBe(false);
    expect(looksLikeSafetensors(fixture('one/edm2-4.pkl').subarray(0, 512))).toBe(false);
  });

  it('takes a name that an object has by itself for a name', () => {
    const header = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const file = opened(safeFileOf(header, new Uint8Array(Float32Array.of(5).buffer)));
    expect(file.values('__proto__', [1])).toEqual(Float32Array.of(5));
    file.close();
  });

  it('gives what was written, for any tensors', () => {
    const tensor = fc.array(fc.float({ noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), tensor, { maxKeys: 5 }), (dict) => {
        const { __metadata__: _, ...named } = dict;
        const tensors = Object.entries(named).map(([name, values]) => [
          name,
          float32([values.length], values),
        ]);
        const file = opened(safeFile(Object.fromEntries(tensors)));
        for (const [name, values] of Object.entries(named)) {
          expect(file.values(name, [values.length])).toEqual(Float32Array.from(values));
        }
        file.close();
      }),
      { numRuns: 50 },
    );
  });
});
