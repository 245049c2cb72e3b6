import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, temporaryName, writeAtomically } from '../../src/arrays/disk.ts';
import { thisProcess } from '../../src/arrays/owner.ts';
import { readOnlyFolder } from '../read-only.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();

describe('writeAtomically', () => {
  it('removes what killed processes left under temporary names, and nothing that may be in use', async () => {
    const at = join(folder, 'leftovers');
    mkdirSync(at);
    const { pid } = spawnSync(process.execPath, ['--version']);
    const domain = thisProcess().domain?.slice(0, 8) ?? '';
    const names = {
      ended: `a.npy.${pid}-${domain}-00000000.tmp`,
      elsewhere: `a.npy.${pid}-ffffffff-00000000.tmp`,
      forgotten: `b.npy.${pid}-ffffffff-00000001.tmp`,
      ours: temporaryName('a.npy'),
      users: 'notes.tmp',
    };
    for (const name of Object.values(names)) writeFileSync(join(at, name), '');
    const then = Date.now() / 1000 - 3700;
    for (const name of ['forgotten', 'users'] as const) {
      utimesSync(join(at, names[name]), then, then);
    }
    await writeAtomically(join(at, 'a.npy'), async (file) => void (await file.writeFile('x')));
    const kept = [names.elsewhere, names.ours, names.users, 'a.npy'];
    // Where the system does not tell who runs, an hour of silence tells.
    if (domain === '') kept.push(names.ended);
    expect(readdirSync(at).sort()).toEqual(kept.sort());
  });
});

describe('makeFolder', () => {
  it('says of a read-only file system that it is one, at any depth', async ({ skip }) => {
    const readOnly = readOnlyFolder();
    if (!readOnly) return skip('a file system cannot be mounted here');
    try {
      for (const path of ['new', 'new/below/it']) {
        const at = join(readOnly.path, path);
        await expect(makeFolder(at)).rejects.toMatchObject({ code: 'EROFS' });
        const written = writeAtomically(join(at, 'file'), async () => {});
        await expect(written).rejects.toThrow(/ is on a read-only file system$/);
      }
    } finally {
      readOnly.close();
    }
  });
});
