import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// In memory where there is such a disk: a file each is written for many inputs.
const memory = '/dev/shm';
/** A folder of this process. */
export const scratch = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'study-faults-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** The path of a file that holds `bytes`, until the next call with this name. */
export function asFile(name: string, bytes: Uint8Array): string {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
}
