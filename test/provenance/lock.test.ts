import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/arrays/owner.ts';
import { StudyError } from '../../src/errors.ts';
import { clearLock, dropLocks, takeLock } from '../../src/provenance/lock.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { lockText } from './lock-text.ts';

const folder = temporaryFolder();
const lockModule = new URL('../../dist/provenance/lock.js', import.meta.url).href;
const words = { what: 'it is in use', hint: 'wait' };
let round = 0;
const fresh = () => join(folder, `lock-${round++}`);
const take = (path: string) => takeLock(path, words);
/** On systems that do not tell who runs, silence alone tells. */
const isBlind = thisProcess().domain === null;
const isFree = async (path: string) => {
  const lock = await take(path).catch((error: unknown) => error);
  if (lock instanceof Error) return lock instanceof StudyError ? lock.message : lock;
  await (lock as Awaited<ReturnType<typeof take>>).release();
  return true;
};
const holder = lockText;
/** A process id of this machine that is nobody's any more. */
const ended = () => spawnSync(process.execPath, ['--version']).pid;
const ageBy = (path: string, seconds: number) => {
  const then = Date.now() / 1000 - seconds;
  utimesSync(path, then, then);
};

describe('takeLock', () => {
  it('refuses a second holder by name, and leaves nothing behind', async () => {
    const path = fresh();
    const lock = await take(path);
    expect(await isFree(path)).toBe(`it is in use by process ${process.pid} on ${hostname()}`);
    await lock.check();
    await lock.release();
    expect(await isFree(path)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(isBlind)(
    'takes over at once where the holder of this machine has ended, or its id is of another process',
    async () => {
      const path = fresh();
      writeFileSync(path, holder({ pid: ended() }));
      expect(await isFree(path)).toBe(true);
      writeFileSync(path, holder({ pid: process.ppid, started: '1' }));
      expect(await isFree(path)).toBe(true);
      writeFileSync(path, holder({ pid: process.ppid }));
      expect(await isFree(path)).toMatch(`by process ${process.ppid}`);
      unlinkSync(path);
    },
  );

  it('takes over after a minute of silence from another machine or container of any host name, not before', async () => {
    const path = fresh();
    for (const domain of ['another', null]) {
      writeFileSync(path, holder({ pid: ended(), domain }));
      ageBy(path, 50);
      expect(await isFree(path)).toMatch('it is in use by process');
      await expect(take(path)).rejects.toMatchObject({
        hint: expect.stringMatching(
          /^wait; if that process is gone, run this again in \d+ s, or delete /,
        ),
      });
      ageBy(path, 61);
      expect(await isFree(path)).toBe(true);
    }
  });

  it('removes the claims of processes that were killed, but not other files', async () => {
    const path = fresh();
    const claim = `${path}.${'0123456789abcdef'}`;
    const others = [`${path}.old`, `${path}0.0123456789abcdef`];
    for (const file of [claim, ...others]) writeFileSync(file, holder());
    const lock = await take(path);
    expect(existsSync(claim)).toBe(false);
    expect(others.filter((file) => existsSync(file))).toEqual(others);
    for (const file of others) rmSync(file);
    await lock.release();
  });

  it('treats a lock file of anything else as somebody’s who may be silent', async () => {
    for (const text of ['null', '', '{', '[]', '3', '"text"', '{"pid":"x"}', '{"pid":1.5}']) {
      const path = fresh();
      writeFileSync(path, text);
      expect(await isFree(path)).toBe('it is in use by an unknown process');
      ageBy(path, 61);
      expect(await isFree(path)).toBe(true);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('goes on touching the file while the main thread is held by a computation', async () => {
    const path = fresh();
    const lock = await takeLock(path, words, { beat: 100, patience: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = statSync(path).mtimeMs;
    for (const end = performance.now() + 1000; performance.now() < end; );
    expect(statSync(path).mtimeMs).toBeGreaterThan(before + 500);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells a holder whose lock was taken over, which then leaves the new one alone', async () => {
    const path = fresh();
    const lock = await take(path);
    const now = Date.now;
    writeFileSync(path, holder({ domain: 'another' }));
    // Within seconds a lock is not looked at again.
    await lock.check();
    try {
      Date.now = () => now() + 6000;
      await expect(lock.check()).rejects.toThrow(/was taken over by another process/);
    } finally {
      Date.now = now;
    }
    await lock.release();
    expect(readFileSync(path, 'utf8')).toBe(holder({ domain: 'another' }));
    unlinkSync(path);
  });

  it('is given back at an end without a release', async () => {
    const path = fresh();
    await take(path);
    dropLocks();
    expect(await isFree(path)).toBe(true);
    const script = `import { takeLock } from '${lockModule}';
      await takeLock(process.argv[1], { what: '', hint: '' }); process.exit(3)`;
    const other = fresh();
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script, other]);
    expect([run.status, existsSync(other)]).toEqual([3, false]);
  });

  it('is not taken from a process of another PID namespace of this host', async () => {
    const path = fresh();
    const script = `import { takeLock } from '${lockModule}';
      await takeLock(process.argv[1], { what: '', hint: '' });
      console.log('held'); setInterval(() => {}, 1000);`;
    const words = ['--pid', '--fork', '--kill-child', process.execPath];
    const child = spawn('unshare', [...words, '--input-type=module', '-e', script, path]);
    const said = await new Promise<boolean>((resolve) => {
      child.stdout.once('data', () => resolve(true));
      child.once('error', () => resolve(false));
      child.once('exit', () => resolve(false));
    });
    // Without the right to make namespaces there is nothing to test.
    if (!said) return;
    expect(await isFree(path)).toMatch(/^it is in use by process \d+ on /);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(path, { force: true });
  });

  it('lets one of six processes in, however a stale lock came to be, round after round', async () => {
    const rounds = 12;
    const script = join(folder, 'contender.mjs');
    writeFileSync(
      script,
      `import { takeLock } from '${lockModule}';
      let lock;
      process.on('message', async (path) => {
        if (path === null) { await lock?.release(); lock = undefined; process.send('free'); return; }
        lock = await takeLock(path, { what: 'in use', hint: '' }).catch((error) => {
          if (error.name !== 'StudyError') process.send(String(error.stack));
        });
        process.send(lock ? 'in' : 'out');
      });
      process.send('ready');`,
    );
    const children = Array.from({ length: 6 }, () => fork(script));
    const dead = ended();
    const answers = (): Promise<string[]> => Promise.all(children.map(answer));
    try {
      await answers();
      for (let i = 0; i < rounds; i++) {
        const path = fresh();
        const [text, age] = [
          [holder({ pid: dead }), isBlind ? 100 : 0],
          [holder({ domain: 'another' }), 100],
          ['null', 100],
        ][i % 3] as [string, number];
        writeFileSync(path, text);
        ageBy(path, age);
        const said = answers();
        for (const child of children) child.send(path);
        const outcome = (await said).sort();
        expect([i, ...outcome]).toEqual([i, 'in', 'out', 'out', 'out', 'out', 'out']);
        const freed = answers();
        for (const child of children) child.send(null as never);
        await freed;
      }
    } finally {
      for (const child of children) child.kill();
    }
    unlinkSync(script);
    expect(readdirSync(folder)).toEqual([]);
  });
});

function answer(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.once('message', (text) => resolve(String(text))));
}

describe('clearLock', () => {
  it.skipIf(isBlind)(
    'removes what a killed process left: lock, claim and temporary file',
    async () => {
      // A folder in which this process has not looked yet: it looks once.
      const own = join(folder, 'own');
      mkdirSync(own);
      const path = join(own, 'lock');
      const pid = ended();
      const domain = thisProcess().domain!;
      writeFileSync(path, holder({ pid }));
      writeFileSync(`${path}.0123456789abcdef`, holder({ pid }));
      writeFileSync(`${path}.${pid}-${domain.slice(0, 8)}-01234567.tmp`, '');
      await clearLock(path);
      expect(readdirSync(own)).toEqual([]);
    },
  );

  it('leaves a lock to its holder, and makes none', async () => {
    const path = fresh();
    await clearLock(path);
    expect(existsSync(path)).toBe(false);
    const lock = await take(path);
    await clearLock(path);
    await lock.check();
    expect(existsSync(path)).toBe(true);
    await lock.release();
  });
});
