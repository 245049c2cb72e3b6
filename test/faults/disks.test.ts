import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { effort, Faults, seed, tell } from './effort.ts';
import { jobsIn } from './jobs.ts';
import { differences, leftIn, resultsIn, study } from './study.ts';

const disk = mkdtempSync(join(tmpdir(), 'study-disk-'));
const mount = (...args: string[]) => spawnSync('mount', [...args, disk], { encoding: 'utf8' });
const mounted = mount('-t', 'tmpfs', '-o', 'size=64m', 'tmpfs');
const canMount = mounted.status === 0;
if (!canMount)
  console.log(`skipped: full disks, because none can be mounted here: ${mounted.stderr}`);
afterAll(() => {
  if (canMount) spawnSync('umount', [disk]);
  rmdirSync(disk);
});

const sizeTo = (kilobytes: number) => mount('-o', `remount,size=${kilobytes}k`).status === 0;
const jobs = canMount ? await jobsIn(temporaryFolder()) : [];
const [out, cache] = [join(disk, 'out'), join(disk, 'cache')];
const rounds = effort(2, 20);

function clear(): void {
  for (const path of [out, cache]) rmSync(path, { recursive: true, force: true });
}

/** Kilobytes of all files of a run, in whole pages. */
function kilobytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, name) => {
    const { size } = statSync(join(folder, name));
    return sum + 4 * Math.ceil(size / 4096);
  }, 0);
}

describe.skipIf(!canMount)('a full disk', () => {
  it.each(jobs)('ends $name with a line, and space with the same bytes', async ({ name, args }) => {
    const random = stream('disks', seed, name);
    expect(sizeTo(65_536)).toBe(true);
    clear();
    expect(await study(args(out), cache)).toMatchObject({ code: 0 });
    const expected = resultsIn(out);
    const needed = kilobytesIn(out) + kilobytesIn(cache);
    const wrong = new Faults();
    let full = 0;
    for (let round = 0; round < rounds; round++) {
      clear();
      const kilobytes = 4 * (1 + random.integer(Math.ceil(needed / 4)));
      if (!sizeTo(kilobytes)) throw new Error(`cannot be made ${kilobytes} kB large`);
      const { code, stderr } = await study(args(out), cache);
      // A cache that has no room is no reason to fail.
      if (code !== 0) {
        full++;
        if (code === null || !/^study: no space left on the device for /m.test(stderr)) {
          wrong.add(`${kilobytes} kB: exit ${code}: ${stderr}`);
        }
        if (/^ {4}at /m.test(stderr)) wrong.add(`${kilobytes} kB: a stack: ${stderr}`);
      }
      const there = existsSync(out) ? resultsIn(out) : new Map<string, string>();
      // What is there is whole.
      const known = new Map([...expected].filter(([file]) => there.has(file)));
      const half = differences(there, code === 0 ? expected : known);
      if (half.length > 0) wrong.add(`${kilobytes} kB: half-written, or other: ${half}`);
      sizeTo(65_536);
      mkdirSync(out, { recursive: true });
      const again = await study(args(out), cache);
      if (again.code !== 0)
        wrong.add(`${kilobytes} kB, then space: exit ${again.code}: ${again.stderr}`);
      const other = differences(resultsIn(out), expected);
      if (other.length > 0) wrong.add(`${kilobytes} kB, then space: other bytes in ${other}`);
      const left = leftIn(disk);
      if (left.length > 0) wrong.add(`${kilobytes} kB: left ${left}`);
    }
    tell(`full disk of ${name}`, { disks: rounds, full, faults: wrong.length });
    expect([...wrong].slice(0, 5)).toEqual([]);
    expect(full).toBeGreaterThan(0);
  });
});
