import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty file system that cannot be written; undefined without the right to mount one. */
export function readOnlyFolder(): { readonly path: string; close(): void } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'read-only-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', path]);
  if (status === 0) {
    return {
      path,
      close() {
        spawnSync('umount', [path]);
        rmdirSync(path);
      },
    };
  }
  rmdirSync(path);
  return undefined;
}
