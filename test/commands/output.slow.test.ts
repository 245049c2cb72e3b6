import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../arrays/folder.ts';
import { writePool } from '../metrics/feature-pools.ts';

const cli = fileURLToPath(new URL('../../dist/bundle/cli.cjs', import.meta.url));
const folder = temporaryFolder();
const [a, b] = [await writePool(folder, 40, 3, 'a'), await writePool(folder, 40, 3, 'b')];

/** Runs a line of bash in which `study` is the built command. */
function bash(line: string) {
  const script = `set -o pipefail; study() { "${process.execPath}" "${cli}" "$@"; }; ${line}`;
  const env = { ...process.env, STUDY_CACHE: join(folder, 'cache') };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

const lines = {
  'fid --json': `fid "${a.path}" "${b.path}" --json`,
  estimate: `estimate "${a.path}" --reference "${b.path}"`,
  help: '--help',
};

describe('output that cannot be written', () => {
  it.each(Object.entries(lines))('ends %s with 1 and one line on stderr', (_, line) => {
    // Only Linux and its like have this file.
    if (!existsSync('/dev/full')) return;
    const { status, stderr } = bash(`study ${line} > /dev/full`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^study: stdout cannot be written, .*ENOSPC.*\n$/);
    expect(bash(`study ${line} > /dev/full 2> /dev/full`).status).toBe(1);
  });

  it('keeps the exit code of an error that was there before', () => {
    if (!existsSync('/dev/full')) return;
    expect(bash('study fid nowhere nowhere 2> /dev/full').status).toBe(2);
  });

  it('is not cut short in silence where a disk takes a part of it', ({ skip }) => {
    const disk = mkdtempSync(join(tmpdir(), 'small-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk]);
    try {
      if (mounted.status !== 0) return skip('a file system cannot be mounted here');
      const out = join(disk, 'r.txt');
      const { status, stderr } = bash(
        `for i in $(seq 6); do study --help >> "${out}" || exit $?; done`,
      );
      expect(status).toBe(1);
      expect(stderr).toMatch(/^study: stdout cannot be written, .*ENOSPC.*\n$/);
      // The disk took a part of the last one.
      expect(statSync(out).size).toBe(4096);
    } finally {
      spawnSync('umount', [disk]);
      rmdirSync(disk);
    }
  });
});

describe('a reader that has gone', () => {
  it.each(Object.entries(lines))(
    'leaves %s silent, with the exit code that it would have had',
    (_, line) => {
      const { status, stdout, stderr } = bash(`study ${line} | head -c 4`);
      expect([status, stdout.length, stderr]).toEqual([0, 4, '']);
      expect(bash(`study ${line} | true`)).toMatchObject({ status: 0, stderr: '' });
    },
  );
});
