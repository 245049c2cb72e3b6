import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256OfFile } from '../../src/arrays/sha256.ts';
import {
  recall,
  remember,
  rememberedHash,
  rememberedSha256,
  worthRemembering,
} from '../../src/provenance/remembered-hashes.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const path = join(folder, 'large');
let round = 0;
let cache: string;
let computed: number;

beforeEach(() => {
  cache = join(folder, `cache-${round++}`);
  process.env.STUDY_CACHE = cache;
  computed = 0;
});

/** A file that is large enough, and was written a while ago unless `age` says otherwise. */
function write(byte: number, seconds = 100): void {
  writeFileSync(path, Buffer.alloc(worthRemembering, byte));
  const then = Math.floor(Date.now() / 1000 - seconds);
  utimesSync(path, then, then);
}

function hash(what = 'sha256'): Promise<string> {
  return rememberedHash(what, path, () => {
    computed++;
    return sha256OfFile(path);
  });
}

const kept = () => readdirSync(join(cache, 'hashes'));

describe('the hash of a large file', () => {
  it('is computed once, and again for another content', async () => {
    write(1);
    const first = await hash();
    expect([await hash(), computed]).toEqual([first, 1]);
    write(2);
    const second = await hash();
    expect(second).not.toBe(first);
    expect([await hash(), computed]).toEqual([second, 2]);
    expect(kept()).toHaveLength(1);
  });

  it('is computed again where a program has kept size, time and place of the file', async () => {
    write(1);
    const { atime, mtime, ino } = statSync(path);
    const first = await hash();
    writeFileSync(path, Buffer.alloc(worthRemembering, 3), { flag: 'r+' });
    utimesSync(path, atime, mtime);
    expect([statSync(path).ino, statSync(path).mtimeMs]).toEqual([ino, mtime.getTime()]);
    expect(await hash()).not.toBe(first);
    expect(computed).toBe(2);
  });

  it('is not remembered of a file just written, or of the future: its next write may leave its time', async () => {
    for (const seconds of [0, 1, -3600]) {
      write(1, seconds);
      await hash();
    }
    await hash();
    expect(computed).toBe(4);
  });

  it('is not remembered where the file was written while it was read', async () => {
    write(1);
    const value = await rememberedHash('sha256', path, async () => {
      const before = await sha256OfFile(path);
      write(2);
      return before;
    });
    expect(await hash()).not.toBe(value);
  });

  it('is another for what else was checked', async () => {
    write(1);
    await hash('features');
    await hash('sha256');
    expect(computed).toBe(2);
  });

  it('is computed where its memory is damaged, of another file, or cannot be written', async () => {
    write(1);
    await hash();
    const [name] = kept();
    const text = readFileSync(join(cache, 'hashes', name!));
    for (const changed of [text.subarray(0, 40), text.with(40, 0x2a), Buffer.from('null')]) {
      writeFileSync(join(cache, 'hashes', name!), changed);
      computed = 0;
      await hash();
      expect(computed).toBe(1);
    }
    rmSync(cache, { recursive: true });
    writeFileSync(cache, 'a file');
    expect(await hash()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the sha256 of the file, small or large', async () => {
    write(7);
    const wanted = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect([await rememberedSha256(path), await rememberedSha256(path)]).toEqual([wanted, wanted]);
    const small = join(folder, 'small');
    writeFileSync(small, 'abc');
    expect(await rememberedSha256(small)).toBe(createHash('sha256').update('abc').digest('hex'));
    await expect(rememberedSha256(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the memory', () => {
  it('forgets what is a month old, so that bits that rot are noticed', async () => {
    await remember('some files', 'state', 'a'.repeat(64));
    expect(await recall('some files', 'state')).toBe('a'.repeat(64));
    expect(await recall('some files', 'another state')).toBeUndefined();
    expect(await recall('other files', 'state')).toBeUndefined();
    const { now } = Date;
    Date.now = () => now() + 31 * 24 * 3_600_000;
    try {
      expect(await recall('some files', 'state')).toBeUndefined();
    } finally {
      Date.now = now;
    }
  });
});
