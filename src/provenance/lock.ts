import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { compiledModule } from '../arrays/compiled.ts';
import { diskError, makeFolder, removeForgotten, temporaryName } from '../arrays/disk.ts';
import { hasEnded, thisProcess } from '../arrays/owner.ts';
import { openRegular } from '../arrays/regular-file.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';
import type { ToHeartbeat } from './heartbeat.ts';

/** For the error if another process holds a lock. */
export interface LockWords {
  /** `the same images are being extracted` */
  readonly what: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Milliseconds. */
export interface LockTimes {
  /** From one touch of the lock file to the next. */
  readonly beat: number;
  /** Silence after which a lock may be taken over. */
  readonly patience: number;
}

export interface Lock {
  /**
   * Call it before each write: a process that was suspended for a minute may have lost its lock.
   * @throws StudyError if another process has taken over
   */
  check(): Promise<void>;
  release(): Promise<void>;
}

const times: LockTimes = { beat: 10_000, patience: 60_000 };
/** A lock that was ours this many milliseconds ago is still ours: nobody takes it within a minute. */
const TRUSTED = 5000;
/** Waits of 20 ms each for another process to complete its takeover. */
const TRIES = 50;

// Locks of this process, by their content, for the heartbeat and for an exit without a release.
const held = new Map<string, string>();
let heartbeat: Worker | undefined;

/**
 * Takes a lock file that works on shared folders and between containers. Its holder touches it; another
 * process takes it over after a minute of silence, or once the holder is known to have ended.
 *
 * @throws StudyError naming the process that holds it
 */
export async function takeLock(
  path: string,
  words: LockWords,
  { beat, patience }: LockTimes = times,
): Promise<Lock> {
  const mine = JSON.stringify({ ...thisProcess(), host: hostname(), id: randomUUID() });
  let other: Found | undefined;
  try {
    await makeFolder(dirname(path));
    other = await acquire(path, mine, patience);
  } catch (error) {
    throw diskError(error, path);
  }
  if (other) throw inUse(other, path, words, patience);
  await removeClaims(path, mine).catch(() => {});
  await removeForgotten(dirname(path));
  hold(path, mine, beat);
  let seen = Date.now();
  return {
    async check() {
      if (Date.now() - seen < TRUSTED) return;
      if ((await readFile(path, 'utf8').catch(() => undefined)) !== mine) {
        throw new StudyError(
          `${path} was taken over by another process, or removed`,
          'this process was suspended, or lost its disk, for too long; its earlier results are kept: run it again',
        );
      }
      seen = Date.now();
    },
    release: () => release(path, mine),
  };
}

/**
 * Removes what a process that was killed has left of its lock, where nobody needs the lock any more: what it
 * protected is done. A lock that somebody holds stays.
 */
export async function clearLock(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  if (!names.some((name) => name.startsWith(basename(path)))) return;
  const lock = await takeLock(path, { what: 'it is in use', hint: 'wait' }).catch(() => undefined);
  await lock?.release();
}

/** Removes all locks of this process at once, if it ends without releasing them. */
export function dropLocks(): void {
  for (const [text, path] of held) {
    try {
      if (readFileSync(path, 'utf8') === text) rmSync(path);
    } catch {
      // Already gone.
    }
  }
  held.clear();
}

interface Found {
  readonly text: string;
  /** Milliseconds since it was last touched, by the clock of the file system. */
  readonly age: number;
}

/**
 * Takes a lock, or says who has it. Replacing a stale lock needs a second lock, named after the content
 * of the stale one: of many processes that find it, one replaces it and the others check again.
 */
async function acquire(path: string, mine: string, patience: number): Promise<Found | undefined> {
  for (let tries = 0; ; tries++) {
    const now = await create(path, mine);
    if (now === undefined) return undefined;
    const found = await look(path, now);
    if (!found) continue;
    if (!isStale(found, patience) || tries > TRIES) return found;
    const claim = claimOf(path, found.text);
    if (await acquire(claim, mine, patience)) {
      await sleep(20);
      continue;
    }
    try {
      if ((await look(path, now))?.text === found.text) {
        await replace(path, mine);
        return undefined;
      }
    } finally {
      await rm(claim, { force: true });
    }
  }
}

function claimOf(path: string, text: string): string {
  return `${path}.${sha256Of(text).slice(0, 16)}`;
}

/**
 * Removes claims to earlier holders' locks, left by processes that were killed. Whoever has one now
 * finds another content in the lock, and gives up the claim.
 */
async function removeClaims(path: string, mine: string): Promise<void> {
  const folder = dirname(path);
  const start = basename(path);
  for (const name of await readdir(folder)) {
    const isClaim = name.startsWith(start) && /^\.[0-9a-f]{16}$/.test(name.slice(start.length));
    const file = join(folder, name);
    if (isClaim && file !== claimOf(path, mine)) await rm(file, { force: true });
  }
}

/**
 * Creates the lock file together with its content.
 * @returns undefined, or the time by the file system's clock if the file already exists
 */
async function create(path: string, text: string): Promise<number | undefined> {
  const temporary = temporaryName(path);
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    const now = await touchedAt(temporary);
    try {
      await link(temporary, path);
      return undefined;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return now;
      // A file system without links: the lock is then empty for a moment.
      await writeFile(path, text, { flag: 'wx' });
      return undefined;
    }
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return touchedAt(dirname(path));
    throw error;
  } finally {
    // Also where the disk was full: then it is there, and empty.
    await rm(temporary, { force: true });
  }
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Opens the file, because a network file system caches the times of unopened files. */
async function touchedAt(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
  }
}

/** Bytes of a lock: those of a process, a host and an id are fewer. */
const LONGEST = 4096;

async function look(path: string, now: number): Promise<Found | undefined> {
  try {
    const { file } = await openRegular(path);
    try {
      const { mtimeMs } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
      return { text: buffer.toString('utf8', 0, bytesRead), age: now - mtimeMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const holderSchema = z.object({
  pid: z.int().positive(),
  started: z.string().nullable(),
  domain: z.string().nullable(),
  host: z.string(),
});

function holderOf(text: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isStale({ text, age }: Found, patience: number): boolean {
  const holder = holderOf(text);
  // A clock that was set back leaves times in the future.
  return (holder && hasEnded(holder)) ?? Math.abs(age) > patience;
}

function inUse(
  { text, age }: Found,
  path: string,
  { what, hint }: LockWords,
  patience: number,
): StudyError {
  const holder = holderOf(text);
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'an unknown process';
  const left = Math.ceil(Math.max(0, patience - Math.abs(age)) / 1000);
  const gone =
    holder && hasEnded(holder) === false
      ? ''
      : `; if that process is gone, run this again in ${left} s, or delete ${path}`;
  return new StudyError(`${what} by ${who}`, `${hint}${gone}`);
}

async function release(path: string, mine: string): Promise<void> {
  drop(mine);
  // A process that takes over this silent lock uses the same claim; the lock is then its own.
  const claim = claimOf(path, mine);
  try {
    if ((await create(claim, mine)) !== undefined) return;
    try {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text === mine) await rm(path, { force: true });
    } finally {
      await rm(claim, { force: true });
    }
  } catch {
    // Without a writable disk the lock stays, and expires after a minute.
    await rm(path, { force: true }).catch(() => {});
  }
}

const workerFile = compiledModule('provenance/heartbeat');

function hold(path: string, text: string, beat: number): void {
  if (held.size === 0) process.once('exit', dropLocks);
  held.set(text, path);
  heartbeat ??= startHeartbeat(beat);
  heartbeat.postMessage({ kind: 'hold', path, text } satisfies ToHeartbeat);
}

/** Without it locks fall silent, and `Lock.check` notices in time: no reason to lose work under way. */
function startHeartbeat(beat: number): Worker {
  const worker = new Worker(workerFile, { workerData: { beat } });
  worker.on('error', () => {});
  worker.unref();
  return worker;
}

function drop(text: string): void {
  held.delete(text);
  heartbeat?.postMessage({ kind: 'drop', text } satisfies ToHeartbeat);
  if (held.size > 0) return;
  process.off('exit', dropLocks);
  void heartbeat?.terminate();
  heartbeat = undefined;
}
