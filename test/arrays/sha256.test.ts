import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Of, sha256OfFile } from '../../src/arrays/sha256.ts';
import { temporaryFolder } from './folder.ts';

describe('sha256Of', () => {
  it('is that of FIPS 180-2, of texts and bytes alike, whole or in parts', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256Of('abc')).toBe(abc);
    expect(sha256Of(Uint8Array.of(97), 'b', Uint8Array.of(99))).toBe(abc);
  });
});

describe('sha256OfFile', () => {
  it('is that of the bytes, in a file of several blocks too', async () => {
    const bytes = new Uint8Array((5 << 20) + 3).map((_, i) => i % 251);
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, bytes);
    expect(await sha256OfFile(path)).toBe(sha256Of(bytes));
  });

  it('throws the error of the system for a file that is absent', () =>
    expect(sha256OfFile('absent')).rejects.toMatchObject({ code: 'ENOENT' }));
});
