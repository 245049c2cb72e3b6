import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readJob, writeJob } from '../../src/jobs/job.ts';
import { environmentOf } from '../../src/studies/jitter/hidden-instructions.ts';
import { writeSmall } from '../commands/sweeps.ts';
import { HEADER } from '../studies/header.ts';
import { type Cluster, startCluster, until, whyNoSlurm } from './cluster.ts';

const why = whyNoSlurm();
if (why) console.log(`skipped: array jobs on a real Slurm, because ${why}`);
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'study-slurm-'));
process.env.STUDY_CACHE = join(folder, 'cache');
let cluster: Cluster;
beforeAll(async () => {
  if (!why) cluster = await startCluster(folder);
});
// What a test that failed has left must not fail the next.
afterEach(async () => {
  if (!why) await cluster.slurm('scancel', '--me');
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as compiled, for which Slurm is there. */
function study(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = { env: { ...cluster.env, ...env }, cwd: folder };
  return new Promise((resolve) => {
    const words = [join(root, 'dist', 'cli.js'), ...args];
    execFile(process.execPath, words, options, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    );
  });
}

const CSVS = ['estimates.csv', 'performance.csv'];
const bytesOf = (name: string, tables = CSVS) =>
  tables.map((table) => readFileSync(join(folder, name, table), 'utf8'));
/** Units that are done; a worker that was killed may leave a file of another name. */
const partsIn = (name: string) =>
  readdirSync(join(folder, name, 'array', 'parts'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.part'),
  );
const seedsIn = (name: string): number[] =>
  partsIn(name).map((path) => {
    const text = readFileSync(join(folder, name, 'array', 'parts', path), 'utf8');
    return JSON.parse(text.split('\n')[1]!).value[0].seed;
  });
const logsOf = (name: string) => {
  const logs = join(folder, name, 'array', 'logs');
  return readdirSync(logs).map((log) => readFileSync(join(logs, log), 'utf8'));
};
const queue = async () => (await cluster.slurm('squeue', '-h', '-r', '-o', '%i %T')).trim();
/**
 * Waits for all tasks. One that was requeued would wait two minutes by itself. If it starts before Slurm is
 * done with the one that was killed, Slurm ends it at once ("job credential revoked"): whoever requeues
 * says what is there in the end, and asks again.
 */
const queueIsEmpty = (name: string, isDone = () => true, again = async () => {}) =>
  until(async () => {
    const tasks = await queue();
    for (const [, id] of tasks.matchAll(/^(\S+) PENDING$/gm)) {
      await cluster.slurm('scontrol', 'update', `JobId=${id}`, 'StartTime=now').catch(() => {});
    }
    if (tasks !== '') return false;
    if (!isDone()) await again();
    return isDone();
  }, 120).catch(async (error: unknown) => {
    const jobs = await cluster.slurm('scontrol', 'show', 'job');
    const logs = logsOf(name).join('\n');
    throw new Error(`the tasks of ${name} did not end:\n${jobs}\n${logs}`, { cause: error });
  });
const requeue = (id: string, parts: readonly number[]) => async () => {
  for (const part of parts) {
    await cluster.slurm('scontrol', 'requeue', `${id}_${part}`).catch(() => {});
  }
};

/** The draws of a unit take half a second, so that tasks can be caught in the middle. */
const UNITS = 12;
let flags: string[];
beforeAll(async () => {
  if (why) return;
  const source = writeSmall(folder, { dimension: 64 });
  // Row by row, so that a task takes seconds and can be stopped in the middle.
  flags = ['sweep', '--source', source, '--rows', '--sizes', '100,20000,100000'];
  flags.push('--seeds', `${UNITS}`);
  const alone = await study([...flags, '--out', 'alone', '--workers', '1']);
  expect(alone).toMatchObject({ code: 0 });
});

const onSlurm = (name: string, ...more: string[]) =>
  study([...flags, '--out', name, '--engine', 'slurm', ...more]);
const inArray = (name: string, ...more: string[]) =>
  study([...flags, '--out', name, '--engine', 'array', ...more]);
/** Prepares a job; its name. */
async function prepare(name: string, ...more: string[]): Promise<string> {
  const { code, out } = await inArray(name, ...more);
  expect(code).toBe(3);
  return /--job (\w+)/.exec(out)![1]!;
}
async function gathersAlike(name: string): Promise<void> {
  expect(await inArray(name)).toMatchObject({ code: 0 });
  expect(bytesOf(name)).toEqual(bytesOf('alone'));
}
/** Submits a worker that does all units, as one task. */
async function submitWorker(name: string, env = '', cli = join(root, 'dist', 'cli.js')) {
  const logs = join(folder, name, 'array', 'logs');
  mkdirSync(logs, { recursive: true });
  const wrap = `${env} exec ${process.execPath} ${cli} worker ${join(folder, name)} --part 0 --of 1`;
  const words = ['--parsable', `--output=${logs}/%j.log`, `--wrap=${wrap}`];
  return (await cluster.slurm('sbatch', ...words)).trim();
}

describe.skipIf(why)('an array job on Slurm', () => {
  it('(a) gives the bytes of one machine, and does nothing the second time', async () => {
    const first = await onSlurm('a', '--tasks', '4', '--wait');
    expect(first).toMatchObject({ code: 0 });
    expect(first.err).toMatch(/submitted the sweep of small to Slurm: job \d+, 4 tasks/);
    expect(bytesOf('a')).toEqual(bytesOf('alone'));
    const { machines } = JSON.parse(readFileSync(join(folder, 'a', 'manifest.json'), 'utf8'));
    expect(machines.map(({ host }: { host: string }) => host)).toEqual(['n1', 'n2']);
    const before = partsIn('a');
    const again = await onSlurm('a', '--tasks', '4', '--wait');
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(bytesOf('a')).toEqual(bytesOf('alone'));
    expect(partsIn('a')).toEqual(before);
    console.log(`(a)\n${first.err}${first.out}second time:\n${again.out}`);
  });

  it('(a) of a study: its steps', async () => {
    const small = ['estimators', '--dimension', '6', '--repetitions', '2', '--methods'];
    const all = [...small, 'plug-in,jackknife'];
    expect(await study([...all, '--out', 'bake-off', '--workers', '1'])).toMatchObject({ code: 0 });
    const array = [
      ...all,
      '--out',
      'bake-off-slurm',
      '--engine',
      'slurm',
      '--tasks',
      '2',
      '--wait',
    ];
    expect(await study(array)).toMatchObject({ code: 0 });
    const tables = ['performance.csv', 'standings.csv', 'claim.csv', 'coverage.csv'];
    expect(bytesOf('bake-off-slurm', tables)).toEqual(bytesOf('bake-off', tables));
  });

  it('(a) of a study with two rounds, of which the second needs the first', async () => {
    const curve = { dimension: 12, ratios: [0.5, 2, 20], draws: 3 };
    const experiment = {
      study: 'cause',
      header: HEADER,
      source: 'small.json',
      sizes: [256, 640],
      draws: 2,
      dimensions: [6],
      curves: ['power-law', 'isotropic'].map((spectrum) => ({ ...curve, spectrum })),
    };
    writeFileSync(join(folder, 'cause.json'), JSON.stringify(experiment));
    const run = ['run', 'cause.json', '--out'];
    expect(await study([...run, 'cause', '--workers', '1'])).toMatchObject({ code: 0 });
    const array = [...run, 'cause-slurm', '--engine', 'slurm', '--tasks', '2', '--wait'];
    const ended = await study(array);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.err.match(/submitted the study cause/g)).toHaveLength(2);
    const tables = ['switched-off.csv', 'curve.csv'];
    expect(bytesOf('cause-slurm', tables)).toEqual(bytesOf('cause', tables));
  });

  it('(b) goes on where a task was killed with -9 and requeued', async () => {
    const submitted = await onSlurm('b', '--tasks', '2', '--slurm-args', '--hold');
    expect(submitted.code).toBe(3);
    const id = /job (\d+), 2 tasks/.exec(submitted.err)![1]!;
    // What waits or runs is not submitted again, also by other numbers of tasks.
    const again = await onSlurm('b', '--tasks', '3');
    expect(again.err).toBe('note: 2 tasks of the sweep of small wait or run already\n');
    await cluster.slurm('scontrol', 'release', id);
    // A unit is a seed from 1 on, so that part 0 has the odd ones.
    await until(async () => seedsIn('b').some((seed) => seed % 2 === 1), 60);
    process.kill(await workerOf(id, 0), 'SIGKILL');
    await until(async () => !(await queue()).includes(`${id}_0`), 30);
    await queueIsEmpty('b', () => partsIn('b').length === UNITS, requeue(id, [0]));
    expect(logsOf('b').join('')).toMatch(/part 0 of 2 .* \d units made, \d were there already/);
    expect(partsIn('b')).toHaveLength(UNITS);
    await gathersAlike('b');
    console.log(`(b) ${logsOf('b').join('')}`);
  });

  it('(c) keeps one part of each unit where the same part runs twice at once', async () => {
    await prepare('c');
    await Promise.all([submitWorker('c'), submitWorker('c')]);
    await queueIsEmpty('c');
    expect(partsIn('c')).toHaveLength(UNITS);
    await gathersAlike('c');
    console.log(`(c) ${logsOf('c').join('')}`);
  });

  it('(d) refuses a worker of other code, and one that rounds otherwise, by name', async () => {
    await prepare('d');
    const other = join(folder, 'other');
    for (const name of ['dist', 'wasm', 'experiments', 'package.json']) {
      cpSync(join(root, name), join(other, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(other, 'node_modules'));
    appendFileSync(join(other, 'dist', 'draws', 'draw.js'), '\n// changed\n');
    await submitWorker('d', '', join(other, 'dist', 'cli.js'));
    await queueIsEmpty('d');
    const refused = logsOf('d').join('');
    expect(refused).toMatch(/^study: n[12] \(.*\) has other code/);
    rmSync(join(folder, 'd', 'array', 'logs'), { recursive: true });
    await submitWorker('d', await roundingOtherwise('d'));
    await queueIsEmpty('d');
    expect(logsOf('d')[0]).toMatch(/^study: n[12] \(.*\) rounds otherwise/);
    expect(readdirSync(join(folder, 'd', 'array'))).not.toContain('parts');
    console.log(`(d) ${refused}${logsOf('d').join('')}`);
  });

  it('(e) goes on where a node is set down in the middle', async () => {
    const submitted = await onSlurm('e', '--tasks', '2');
    const id = /job (\d+), 2 tasks/.exec(submitted.err)![1]!;
    await until(async () => partsIn('e').length >= 2, 60);
    await cluster.slurm('scontrol', 'update', 'NodeName=n2', 'State=DOWN', 'Reason=test');
    try {
      await until(async () => /_\d+ PENDING/.test(await queue()), 30);
      await queueIsEmpty('e', () => partsIn('e').length === UNITS, requeue(id, [0, 1]));
    } finally {
      await cluster.slurm('scontrol', 'update', 'NodeName=n2', 'State=RESUME');
    }
    expect(partsIn('e')).toHaveLength(UNITS);
    await gathersAlike('e');
    console.log(`(e) ${logsOf('e').join('')}`);
  });

  it('(f) says which part is missing, and the line that it prints makes it', async () => {
    await prepare('f', '--tasks', '3');
    await submitWorker('f');
    await queueIsEmpty('f');
    const [lost] = partsIn('f');
    rmSync(join(folder, 'f', 'array', 'parts', lost!));
    const { code, out } = await inArray('f', '--tasks', '3');
    expect(code).toBe(3);
    expect(out).toMatch(
      /^1 of 12 units of the sweep of small are missing, in parts ([012]) of 3: units \d+$/m,
    );
    const line = /^ {2}(sbatch .*)$/m.exec(out)![1]!;
    // As in a shell where `study` is this one.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const script = `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist', 'cli.js')} "$@"\n`;
    writeFileSync(join(bin, 'study'), script, { mode: 0o755 });
    await cluster.slurm(
      'env',
      `PATH=${bin}:${cluster.env.PATH}`,
      'sh',
      '-c',
      `cd ${folder}; ${line}`,
    );
    await queueIsEmpty('f');
    await gathersAlike('f');
    console.log(`(f) ${out}`);
  });

  it('(g) loses nothing on a full disk', async (context) => {
    const disk = join(folder, 'g');
    mkdirSync(disk);
    const mounted = await cluster
      .slurm('mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk)
      .then(
        () => true,
        () => false,
      );
    if (!mounted) {
      console.log('skipped: (g), because no file system can be mounted here');
      context.skip();
    }
    try {
      await prepare('g');
      const filler = join(disk, 'filler');
      await cluster.slurm('sh', '-c', `head -c 4m /dev/zero >${filler} || true`);
      // Slurm must have a log to write to.
      const wrap = `exec ${process.execPath} ${join(root, 'dist', 'cli.js')} worker ${disk} --part 0 --of 2`;
      await cluster.slurm('sbatch', `--output=${join(folder, 'g.log')}`, `--wrap=${wrap}`);
      await queueIsEmpty('g');
      const log = readFileSync(join(folder, 'g.log'), 'utf8');
      expect(log).toMatch(/^study: no space left on the device for /);
      rmSync(filler);
      expect(partsIn('g')).toEqual([]);
      expect(await onSlurm('g', '--tasks', '2', '--wait')).toMatchObject({ code: 0 });
      expect(bytesOf('g')).toEqual(bytesOf('alone'));
      console.log(`(g) ${log}`);
    } finally {
      await cluster.slurm('umount', disk);
    }
  });

  it('(h) gathers twice at once to the same files', async () => {
    await prepare('h');
    await submitWorker('h');
    await queueIsEmpty('h');
    const ended = await Promise.all([inArray('h'), inArray('h')]);
    expect(ended.some(({ code }) => code === 0)).toBe(true);
    for (const { code, err } of ended) {
      if (code !== 0)
        expect({ code, err }).toMatchObject({
          code: 2,
          err: expect.stringMatching(/is being drawn into by/),
        });
    }
    await gathersAlike('h');
    console.log(`(h) ${ended.map(({ code, err }) => `exit ${code} ${err}`).join('\n')}`);
  });
});

/**
 * Environment of a process that rounds otherwise. Where the processor cannot hide its instructions, the
 * job is changed instead, as if a machine that rounds otherwise had prepared it.
 */
async function roundingOtherwise(name: string): Promise<string> {
  const { LD_PRELOAD, HIDE_INSTRUCTIONS } = await environmentOf('no-avx2');
  const hidden = `LD_PRELOAD=${LD_PRELOAD} HIDE_INSTRUCTIONS=${HIDE_INSTRUCTIONS}`;
  const canHide = await cluster.slurm('sh', '-c', `${hidden} ${process.execPath} --version`).then(
    () => true,
    () => false,
  );
  if (canHide) return hidden;
  console.log('(d) this processor cannot hide instructions: the job is of another one instead');
  await writeJob(join(folder, name), {
    ...(await readJob(join(folder, name))),
    arrays: undefined,
    probe: 'other',
  });
  return '';
}

/** The process of a task's worker. */
async function workerOf(id: string, part: number): Promise<number> {
  for (const pid of readdirSync('/proc')) {
    try {
      const env = readFileSync(`/proc/${pid}/environ`, 'latin1');
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      const isTask =
        env.includes(`SLURM_ARRAY_JOB_ID=${id}\0`) && env.includes(`SLURM_ARRAY_TASK_ID=${part}\0`);
      if (isTask && words.includes('worker') && words[0] === process.execPath) return Number(pid);
    } catch {
      // Not ours, or gone.
    }
  }
  throw new Error(`no worker of task ${id}_${part}`);
}
