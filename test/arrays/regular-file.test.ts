import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskError } from '../../src/arrays/disk.ts';
import { openNpyRows } from '../../src/arrays/npy-file.ts';
import { readText, readWhole } from '../../src/arrays/regular-file.ts';
import { sha256OfFile } from '../../src/arrays/sha256.ts';
import { StudyError } from '../../src/errors.ts';
import { readExperiment } from '../../src/studies/experiment.ts';
import { loadSurrogate } from '../../src/surrogates/load.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const posix = process.platform !== 'win32';

describe.runIf(posix)('a file without an end', () => {
  const endless: string[] = [];
  if (posix) {
    execFileSync('mkfifo', [at('fifo.json')]);
    endless.push(at('fifo.json'));
    if (existsSync('/dev/zero')) {
      symlinkSync('/dev/zero', at('zero.json'));
      endless.push(at('zero.json'));
    }
  }

  it.each(endless)('is refused wherever it is read: %s', async (path) => {
    const refusal = /is a pipe or a device, not a regular file$/;
    for (const read of [readText, readWhole, sha256OfFile, readExperiment, loadSurrogate]) {
      await expect(read(path)).rejects.toThrow(refusal);
    }
    expect(() => openNpyRows(path)).toThrow(refusal);
  });
});

describe('readWhole', () => {
  it('reads all of a file, and nothing of one that is larger than it may be', async () => {
    writeFileSync(at('five'), 'abcde');
    expect((await readWhole(at('five'), 5)).toString()).toBe('abcde');
    await expect(readWhole(at('five'), 4)).rejects.toThrow(/five has 5 bytes; too large to read/);
    // Sparse: it takes no room on the disk.
    writeFileSync(at('sparse'), '');
    truncateSync(at('sparse'), 2 ** 40);
    await expect(readText(at('sparse'))).rejects.toThrow(/has 1099511627776 bytes; too large/);
  });

  it('refuses a folder', async () => {
    await expect(readWhole(folder)).rejects.toThrow(/is a folder, not a file/);
  });
});

describe('diskError', () => {
  it('makes every refusal of the system the user’s error', async () => {
    symlinkSync(at('loop'), at('loop'));
    for (const path of [at('loop'), at('n'.repeat(5000)), at('absent')]) {
      const error: unknown = await readWhole(path).catch((cause: unknown) => cause);
      expect(error).not.toBeInstanceOf(StudyError);
      expect(diskError(error, path)).toBeInstanceOf(StudyError);
    }
    const full = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    expect(diskError(full, 'a.npy')).toMatchObject({
      message: 'too many files are open to open a.npy',
      hint: expect.stringContaining('ulimit -n'),
    });
  });

  it('leaves our own errors as they are', () => {
    const ours = new TypeError('undefined is not a function');
    expect(diskError(ours, 'a.npy')).toBe(ours);
  });
});
