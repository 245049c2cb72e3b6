import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { effort, Faults, seed, tell } from './effort.ts';
import { jobsIn } from './jobs.ts';
import { differences, leftIn, resultsIn, study } from './study.ts';

const folder = temporaryFolder();
const jobs = await jobsIn(folder);
/** Kills of each command, and at most so many before it may come to its end. */
const kills = effort(3, 40);
const inARow = 3;

describe('kill -9 at any moment', () => {
  it.each(jobs)('of $name costs nothing but time', async ({ name, args }) => {
    const random = stream('kills', seed, name);
    const start = performance.now();
    // One place for all runs: manifests hold the command, with the path of --out.
    const place = join(folder, name.replaceAll(' ', '-'));
    const [out, cache] = [join(place, 'out'), join(place, 'cache')];
    mkdirSync(place);
    const undisturbed = await study(args(out), cache);
    expect(undisturbed).toMatchObject({ code: 0 });
    const expected = resultsIn(out);
    let duration = undisturbed.milliseconds;
    let killed = 0;
    const wrong = new Faults();
    for (let round = 0; killed < kills; round++) {
      rmSync(place, { recursive: true });
      mkdirSync(place);
      for (let tries = 0, isKilled = true; isKilled; tries++) {
        // The first third is Node's own start.
        const moment = tries < inARow ? duration * (0.3 + 0.7 * random.next()) : undefined;
        const ended = await study(args(out), cache, moment);
        isKilled = ended.isKilled;
        if (isKilled) killed++;
        else {
          duration = ended.milliseconds;
          if (ended.code !== 0) wrong.add(`round ${round}: exit ${ended.code}: ${ended.stderr}`);
        }
      }
      const other = differences(resultsIn(out), expected);
      if (other.length > 0) wrong.add(`round ${round}: other bytes in ${other}`);
      const left = leftIn(place);
      if (left.length > 0) wrong.add(`round ${round}: left ${left}`);
    }
    rmSync(place, { recursive: true });
    const seconds = Math.round((performance.now() - start) / 1000);
    tell(`kill -9 of ${name}`, { kills: killed, faults: wrong.length, seconds });
    expect([...wrong].slice(0, 5)).toEqual([]);
  });
});
