import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../arrays/folder.ts';
import { effort, tell } from './effort.ts';
import { type Job, jobsIn } from './jobs.ts';
import { differences, leftIn, resultsIn, script, study } from './study.ts';

const folder = temporaryFolder();
const jobs = await jobsIn(folder);
const job = (name: string): Job => jobs.find((each) => each.name === name)!;
const processes = 6;
const rounds = effort(2, 20);
const all = <Result>(run: (process: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: processes }, (_, process) => run(process)));

describe(`${processes} processes at once`, () => {
  it('on one folder: one draws, others are refused, and nothing is lost', async () => {
    const { args } = job('sweep');
    const [out, cache] = [join(folder, 'swept'), join(folder, 'cache')];
    expect(await study(args(out), cache)).toMatchObject({ code: 0 });
    const expected = resultsIn(out);
    let refused = 0;
    for (let round = 0; round < rounds; round++) {
      const flags = round % 2 === 0 ? ['--restart'] : [];
      const ended = await all(() => study([...args(out), ...flags], cache));
      // One that comes when all is done finds its draws.
      expect(ended.some(({ code }) => code === 0)).toBe(true);
      for (const { code, stderr } of ended) {
        if (code === 0) continue;
        refused++;
        expect({ code, stderr }).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(/being drawn into/),
        });
      }
      expect(differences(withoutFlag(resultsIn(out)), withoutFlag(expected))).toEqual([]);
      expect(leftIn(out)).toEqual([]);
    }
    tell('many processes on one folder', { rounds, processes, refused });
  });

  it('on one cache: each gets the whole set, or is told to wait', async () => {
    const { args } = job('extract');
    let refused = 0;
    const expected = join(folder, 'features');
    expect(await study(args(expected), join(folder, 'cache-alone'))).toMatchObject({ code: 0 });
    const features = resultsIn(expected).get('features.npy');
    for (let round = 0; round < rounds; round++) {
      const cache = join(folder, `cache-${round}`);
      const outs = Array.from({ length: processes }, (_, i) => join(folder, `out-${round}-${i}`));
      const ended = await all((i) => study(args(outs[i]!), cache));
      expect(ended.some(({ code }) => code === 0)).toBe(true);
      for (const [i, { code, stderr }] of ended.entries()) {
        if (code !== 0) {
          refused++;
          expect({ code, stderr }).toMatchObject({
            code: 2,
            stderr: expect.stringMatching(/being extracted/),
          });
          expect(existsSync(join(outs[i]!, 'features.npy'))).toBe(false);
          expect(await study(args(outs[i]!), cache)).toMatchObject({ code: 0 });
        }
        expect(resultsIn(outs[i]!).get('features.npy')).toBe(features);
      }
      expect(leftIn(cache)).toEqual([]);
    }
    tell('many processes on one cache', { rounds, processes, refused });
  });

  it('on one lock, also where its holder is dead: never two have it', async () => {
    const lock = new URL('../../dist/provenance/lock.js', import.meta.url).href;
    const turns = effort(40, 400);
    const place = join(folder, 'locks');
    mkdirSync(place);
    // Each process tries each lock once; who has it marks the place, which must not be marked.
    const code = `
      import { mkdirSync, rmdirSync, existsSync } from 'node:fs';
      import { setTimeout } from 'node:timers/promises';
      import { takeLock } from '${lock}';
      const [place, turns, mode] = process.argv.slice(1);
      const words = { what: 'it is taken', hint: 'wait' };
      let taken = 0;
      for (let turn = 0; turn < Number(turns); turn++) {
        const path = place + '/' + turn + '.lock';
        let lock;
        try { lock = await takeLock(path, words); } catch (error) {
          if (error.name !== 'StudyError') throw error;
          continue;
        }
        taken++;
        if (mode === 'die') continue;
        mkdirSync(path + '.inside');
        await setTimeout(2);
        rmdirSync(path + '.inside');
        await lock.release();
      }
      if (mode === 'die') process.kill(process.pid, 'SIGKILL');
      console.error('taken ' + taken);`;
    const run = (mode: string) =>
      script(['--input-type=module', '-e', code, place, String(turns), mode]);
    let taken = 0;
    for (const before of ['dead', 'free']) {
      if (before === 'dead') {
        expect((await run('die')).isKilled).toBe(true);
        expect(leftIn(place)).toHaveLength(turns);
      }
      const ended = await all(() => run('work'));
      for (const { code: exit, stderr } of ended) {
        expect({ exit, stderr }).toMatchObject({
          exit: 0,
          stderr: expect.stringMatching(/^taken \d+$/m),
        });
        taken += Number(/taken (\d+)/.exec(stderr)![1]);
      }
      expect(leftIn(place)).toEqual([]);
    }
    expect(taken).toBeGreaterThanOrEqual(2 * turns);
    writeFileSync(join(place, 'done'), '');
    tell('many processes on one lock', { locks: 2 * turns, processes, taken });
  });
});

/** Results of a command with or without --restart, which its manifest holds. */
function withoutFlag(files: ReadonlyMap<string, string>): Map<string, string> {
  // The report shows the command too.
  return new Map([...files].filter(([name]) => !['manifest.json', 'report.html'].includes(name)));
}
