import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { StudyError } from '../../src/errors.ts';
import { openImages } from '../../src/images/open.ts';
import { kindOf } from '../../src/sides/kind-of.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png, writeZip } from './sources.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const values = Uint8Array.from({ length: 3 * 4 * 5 * 3 }, (_, i) => i);
await writeNpz(at('stored.npz'), { arr_0: { shape: [3, 4, 5, 3], values } });
const header = readFileSync(at('stored.npz'));
const start = header.indexOf('\x93NUMPY', 0, 'latin1');
await writeZip(
  at('deflated.npz'),
  { 'arr_0.npy': header.subarray(start, start + 128 + values.length) },
  true,
);
const file = await png(picture(0));
await writeZip(at('images.zip'), { 'a/0.png': file, 'a/1.png': file, 'note.txt': file });
await writeZip(at('packed.zip'), { 'a/0.png': file, 'a/1.png': file }, true);

describe.each(['stored.npz', 'deflated.npz', 'images.zip', 'packed.zip'])(
  'an altered %s',
  (name) => {
    it('is opened as what it is, or refused in words; its images are decoded, or are', async () => {
      const whole = readFileSync(at(name));
      const damage = fc.record({
        at: fc.nat(whole.length - 1),
        value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
        // Lengths and offsets are fields of several bytes.
        bytes: fc.constantFrom(1, 1, 2, 4, 8),
      });
      const path = at(`altered-${name}`);
      await fc.assert(
        fc.asyncProperty(
          fc.array(damage, { minLength: 1, maxLength: 3 }),
          fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
          async (damages, length) => {
            const bytes = Buffer.from(whole);
            for (const { at: place, value, bytes: count } of damages) {
              bytes.fill(value, place, Math.min(place + count, bytes.length));
            }
            writeFileSync(path, bytes.subarray(0, length));
            await onlyRefused(() => kindOf(path));
            await onlyRefused(async () => {
              const source = await openImages(path);
              for (let i = 0; i < source.names.length; i++) {
                await onlyRefused(async () => {
                  expect(await source.size(i)).toBeLessThanOrEqual(2 ** 30);
                  const stored = await source.read(i);
                  const pixels = source.pixels(stored, i);
                  const { width, height, data } = await source.decode(stored, i);
                  expect(data.length).toBe(3 * width * height);
                  expect(width * height).toBeLessThanOrEqual(pixels);
                });
              }
              await source.close();
            });
          },
        ),
        { seed: 6, numRuns: 150 },
      );
    });
  },
);

/** @throws whatever the call throws but StudyErrors */
async function onlyRefused(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
  }
}
