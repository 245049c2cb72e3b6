import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTarball, untar } from '../../src/downloads/tarball.ts';
import { StudyError } from '../../src/errors.ts';
import { tarEnd as end, tarEntry as entry } from './tar.ts';

describe('readTarball', () => {
  it('reads plain files of any length, and passes over folders and links', async () => {
    const bytes = [0, 1, 511, 512, 513].map((length) => Buffer.alloc(length, length));
    const tar = Buffer.concat([
      entry('package', Buffer.alloc(0), { kind: '5' }),
      ...bytes.map((content, i) => entry(`file-${i}`, content, { prefix: 'package' })),
      entry('link', Buffer.alloc(0), { kind: '2' }),
      end,
    ]);
    const files = await readTarball(gzipSync(tar));
    expect([...files.keys()]).toEqual(bytes.map((_, i) => `package/file-${i}`));
    for (const [i, content] of bytes.entries()) {
      expect(content.equals(files.get(`package/file-${i}`)!)).toBe(true);
    }
  });

  it('refuses what is not a gzip, and one that is cut', async () => {
    const whole = gzipSync(Buffer.concat([entry('a', Buffer.from('text')), end]));
    await expect(readTarball(Buffer.from('<html>'))).rejects.toThrow(StudyError);
    await expect(readTarball(whole.subarray(0, -10))).rejects.toThrow('damaged tarball');
  });
});

describe('untar', () => {
  const whole = Buffer.concat([entry('a', Buffer.alloc(700, 1)), entry('b', Buffer.alloc(9)), end]);

  it('refuses every archive that ends early', async () => {
    for (let length = 0; length <= whole.length - 1024; length += 7) {
      await expect(untar(whole.subarray(0, length))).rejects.toThrow('damaged tar: it ends early');
    }
  });

  it('refuses a header with a changed byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(511), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at]! + change) % 256;
        // The last two bytes of the checksum's field say nothing.
        fc.pre(at < 154 || at > 155);
        await expect(untar(changed)).rejects.toThrow(StudyError);
      }),
    );
  });
});
