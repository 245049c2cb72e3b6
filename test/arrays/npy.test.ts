import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openNpyRows } from '../../src/arrays/npy-file.ts';
import { formatNpyHeader, parseNpyHeader } from '../../src/arrays/npy-header.ts';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { StudyError } from '../../src/errors.ts';
import { temporaryFolder } from './folder.ts';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.npy`, import.meta.url));
const folder = temporaryFolder();
// What fixtures/make.py saved: |i − 5| for the elements i of a 4 × 3 array.
const counts = Array.from({ length: 12 }, (_, i) => Math.abs(i - 5));
const quarters = Array.from({ length: 12 }, (_, i) => (i - 5) / 4);

function readAll(path: string): number[] {
  const file = openNpyRows(path);
  const out = new Float64Array(file.rows * file.dimension);
  file.readBlock(0, file.rows, out);
  file.close();
  return [...out];
}

describe('openNpyRows', () => {
  it.each([
    'float16-little',
    'float32-little',
    'float64-little',
    'float32-big',
    'float64-big',
    'uint8-little',
    'int64-little',
    'int16-big',
  ])('reads %s as NumPy wrote it', (name) => {
    expect(readAll(fixture(name))).toEqual(counts);
  });

  it('reads format versions 2 and 3', () => {
    expect(readAll(fixture('version-2'))).toEqual(quarters);
    expect(readAll(fixture('version-3'))).toEqual(quarters);
  });

  it('refuses Fortran order by name', () => {
    expect(() => openNpyRows(fixture('fortran'))).toThrow(/fortran\.npy is in Fortran order/);
  });

  it('refuses a missing file, a folder, an empty file and another format', () => {
    const empty = join(folder, 'empty.npy');
    const text = join(folder, 'text.npy');
    writeFileSync(empty, '');
    writeFileSync(text, 'these are no numbers');
    expect(() => openNpyRows(join(folder, 'none.npy'))).toThrow(/no such file/);
    expect(() => openNpyRows(folder)).toThrow(StudyError);
    expect(() => openNpyRows(empty)).toThrow(/not a \.npy file/);
    expect(() => openNpyRows(text)).toThrow(/not a \.npy file/);
  });

  it('refuses a file that is shorter or longer than its shape', () => {
    const path = join(folder, 'length.npy');
    const header = formatNpyHeader('f4', [2, 3]);
    for (const bytes of [0, 23, 25, 48]) {
      writeFileSync(path, Buffer.concat([header, Buffer.alloc(bytes)]));
      expect(() => openNpyRows(path)).toThrow(/needs 152/);
    }
  });

  it('reads rows in any order, repeated ones too, across blocks and gaps', async () => {
    const path = join(folder, 'rows.npy');
    const [rows, dimension] = [3000, 700];
    const values = Float32Array.from({ length: rows * dimension }, (_, i) => i % 16777213);
    await writeNpyRows(path, dimension, [values]);
    const file = openNpyRows(path);
    fc.assert(
      fc.property(fc.array(fc.nat(rows - 1), { maxLength: 60 }), (list) => {
        const out = new Float32Array(list.length * dimension);
        file.readRows(Uint32Array.from(list), out);
        list.forEach((row, i) => {
          const [first, last] = [row * dimension, (row + 1) * dimension - 1];
          expect(out[i * dimension]).toBe(values[first]);
          expect(out[(i + 1) * dimension - 1]).toBe(values[last]);
        });
      }),
      { seed: 1, numRuns: 50 },
    );
    const all = new Float32Array(values.length);
    file.readBlock(0, rows, all);
    expect(Buffer.from(all.buffer).equals(Buffer.from(values.buffer))).toBe(true);
    expect(() => file.readBlock(rows - 1, 2, all)).toThrow(RangeError);
    expect(() => file.readRows(Uint32Array.of(rows), all)).toThrow(RangeError);
    file.close();
  });
});

describe('writeNpyRows', () => {
  it('gives back what was written, whatever the blocks', async () => {
    const path = join(folder, 'blocks.npy');
    const block = fc.integer({ min: 0, max: 5 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.array(block), async (width, heights) => {
        let next = 0;
        const blocks = heights.map((rows) =>
          Float32Array.from({ length: rows * width }, () => next++),
        );
        fc.pre(next > 0);
        await writeNpyRows(path, width, blocks);
        expect(readAll(path)).toEqual(Array.from({ length: next }, (_, i) => i));
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('leaves nothing behind when a block fails', async () => {
    const path = join(folder, 'failed', 'features.npy');
    async function* blocks() {
      yield new Float32Array(4);
      throw new Error('the network fell over');
    }
    await expect(writeNpyRows(path, 4, blocks())).rejects.toThrow('fell over');
    expect(() => openNpyRows(path)).toThrow(/no such file/);
  });
});

describe('parseNpyHeader', () => {
  const header = (dict: string, version = 1) => {
    const length = Buffer.alloc(version === 1 ? 2 : 4);
    length.writeUIntLE(dict.length, 0, length.length);
    const start = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1');
    return Buffer.concat([start, length, Buffer.from(dict, 'latin1')]);
  };

  it('takes the keys in any order and Python 2 integers', () => {
    const dict = "{'shape': (2L, 3L), 'fortran_order': True, 'descr': '>f8'}\n";
    const parsed = parseNpyHeader(header(dict), 'a.npy');
    expect(parsed).toMatchObject({ shape: [2, 3], fortranOrder: true, length: 6 });
    expect(parsed.dtype).toEqual({ name: 'float64', bytes: 8, bigEndian: true });
  });

  it('names what it cannot read', () => {
    const dict = (descr: string, shape: string) =>
      header(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`);
    const refuse = (bytes: Uint8Array, reason: RegExp) =>
      expect(() => parseNpyHeader(bytes, 'a.npy')).toThrow(reason);
    refuse(dict("'<c8'", '(2,)'), /elements of type <c8/);
    refuse(dict("'|O'", '(2,)'), /elements of type \|O/);
    refuse(dict("[('x', '<f4')]", '(2,)'), /structured array/);
    refuse(dict("'<f4'", '(-2,)'), /malformed/);
    refuse(dict("'<f4'", '(999999999999999, 999999999999999)'), /claims the shape/);
    refuse(dict("'<f4'", '(9999999999999999999999)'), /malformed shape/);
    refuse(header('{'), /malformed/);
    // All three fields are there, and the dict has no end, or something more.
    const whole = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)";
    refuse(header(whole), /malformed/);
    refuse(header(`${whole}, `), /malformed/);
    refuse(header(`${whole}, L }`), /malformed/);
    refuse(header(`${whole}, 'shape': (3,)}`), /malformed/);
    refuse(header('{}', 4), /version 4/);
  });

  it('throws a StudyError and nothing else on damaged bytes', () => {
    const good = formatNpyHeader('f4', [7, 2048]);
    const place = fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(place), fc.nat(good.length), (damages, length) => {
        const bytes = good.slice(0, length);
        for (const { at, value } of damages) if (at < length) bytes[at] = value;
        try {
          parseNpyHeader(bytes, 'a.npy');
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
