import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskError } from '../arrays/disk.ts';
import { errorCode, StudyError } from '../errors.ts';

// Process ids come again, above all in containers: a lock of our own id is ours only if it is here.
const ours = new Set<string>();

/** For the error where another process holds a lock. */
export interface LockWords {
  /** `the same images are being extracted` */
  readonly what: string;
  /** What to do about it. */
  readonly mend: string;
}

/**
 * Takes a lock file, or takes it over from a process of this machine that is no longer there. What
 * is written under the lock carries checksums of its own: the lock spares work, it is not trusted.
 * @returns the release
 * @throws StudyError naming the process that holds it
 */
export async function takeLock(path: string, words: LockWords): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  for (;;) {
    // Apart from the lock itself: where a file is in the folder's way that is EEXIST too.
    await mkdir(dirname(path), { recursive: true }).catch((error) => {
      throw diskError(error, path);
    });
    try {
      await writeFile(path, mine, { flag: 'wx' });
      ours.add(mine);
      return async () => {
        ours.delete(mine);
        await rm(path, { force: true });
      };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw diskError(error, path);
    }
    const held = await readLock(path);
    if (held === undefined) continue;
    refuseIfHeld(held, path, words);
    await removeStale(path, held);
  }
}

/** What a lock says; undefined where it has gone. It is empty for a moment after its creation. */
async function readLock(path: string): Promise<string | undefined> {
  for (let look = 0; ; look++) {
    const held = await readFile(path, 'utf8').catch(() => undefined);
    if (held !== '' || look === 20) return held;
    await sleep(50);
  }
}

function refuseIfHeld(held: string, path: string, { what, mend }: LockWords): void {
  let holder: { pid?: number; host?: string };
  try {
    holder = JSON.parse(held);
  } catch {
    return;
  }
  const { pid = 0, host } = holder;
  const gone = host === hostname() && (pid === process.pid ? !ours.has(held) : !isAlive(pid));
  if (gone) return;
  throw new StudyError(
    `${what} by process ${pid} on ${host}`,
    `${mend}; if it is gone, delete ${path}`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Two processes may both find a lock stale: it is moved away first, and looked at again. */
async function removeStale(path: string, held: string): Promise<void> {
  const away = `${path}.${randomUUID()}`;
  try {
    await rename(path, away);
  } catch {
    return;
  }
  const moved = await readFile(away, 'utf8').catch(() => held);
  if (moved !== held) await link(away, path).catch(() => {});
  await rm(away, { force: true });
}
