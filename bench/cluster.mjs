// Array jobs: one task against two at once, one core each; what a unit costs in time and bytes; and from
// these what 1.28 million images of 20 models take on more machines than there are here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gather } from '../dist/jobs/gather.js';
import { writeJob } from '../dist/jobs/job.js';
import { workOn } from '../dist/jobs/work.js';
import { inTurns, ofRounds } from './rounds.mjs';
import { figure, seconds, times } from './tables.mjs';

const launcher = fileURLToPath(new URL('../bin/study.js', import.meta.url));
const UNITS = 10_000;

export async function bench({ quick, folder }) {
  return [await tasksAtOnce(quick, folder), await unitCosts(quick, folder)];
}

/** The draws of a sweep by the tasks of an array job, each with one thread. */
async function tasksAtOnce(quick, folder) {
  const out = join(folder, 'sweep');
  const sizes = quick ? '2100,5000' : '5000,50000';
  const seeds = quick ? 4 : 10;
  await study('sweep', '--sizes', sizes, '--seeds', seeds, '--out', out, '--engine', 'array');
  const worker = (part, of) => study('worker', out, '--part', part, '--of', of, '--workers', 1);
  const fresh = (work) => async () => {
    rmSync(join(out, 'array', 'parts'), { recursive: true, force: true });
    const start = performance.now();
    await work();
    return { seconds: (performance.now() - start) / 1000 };
  };
  const rounds = quick ? 1 : 3;
  const [load] = loadavg();
  const { one, two } = await inTurns(
    {
      one: fresh(() => worker(0, 1)),
      two: fresh(() => Promise.all([worker(0, 2), worker(1, 2)])),
    },
    rounds,
    false,
  );
  return {
    title: 'Array jobs: one task against two',
    what: `The sweep of cifar10-cfm at ${sizes.replace(',', ' and ')} images, ${seeds} seeds, by tasks of one thread each, from the start of the process to its last part. Load average before the run ${load.toFixed(1)}. ${ofRounds(rounds, false)}`,
    rows: [
      { tasks: '1', time: seconds(one), 'of one task': times(one, one) },
      { tasks: '2 at once', time: seconds(two), 'of one task': times(one, two) },
    ],
  };
}

/** Units that compute nothing. */
export async function unitCosts(quick, folder) {
  const count = quick ? UNITS / 10 : UNITS;
  const at = join(folder, 'units');
  const plan = {
    ...{ kind: 'nothing', title: 'nothing', identity: null, request: null, input: null },
    ...{ code: 'bench', probe: 'bench' },
    units: Array.from({ length: count }, (_, i) => i),
  };
  const kind = {
    ...{ name: 'nothing', code: () => 'bench', probe: async () => 'bench' },
    async work(_, units, { put }) {
      for (const unit of units) await put(unit, { value: unit.data });
    },
  };
  const { signal } = new AbortController();
  const timed = async (work) => {
    const start = performance.now();
    const result = await work();
    return { result, seconds: (performance.now() - start) / 1000 };
  };
  const [load] = loadavg();
  const prepared = await timed(() => writeJob(at, plan));
  const job = prepared.result;
  const work = () => workOn(at, job, kind, { part: 0, of: 1 }, { workers: 1, signal });
  const made = await timed(work);
  const again = await timed(work);
  const gathered = await timed(() => gather(at, job));
  if (gathered.result.missing.length > 0) throw new Error('units are missing');
  const bytes = bytesBelow(join(at, 'array', 'parts'));
  const row = (what, { seconds: taken }, size) => {
    return {
      what,
      time: seconds(taken),
      'a unit': figure((1000 * taken) / count, 'ms'),
      bytes: size === undefined ? undefined : figure(size / count),
    };
  };
  return {
    title: 'Array jobs: units that compute nothing',
    what: `${count.toLocaleString('en')} units, on a local disk, one task. Each part is written, synced and linked, which is most of its time. Load average before the run ${load.toFixed(1)}. One measurement each.`,
    rows: [
      row('prepare', prepared, statSync(join(at, 'array', `job-${job.name}.json`)).size),
      row('work', made, bytes),
      row('work again: all are there', again),
      row('gather', gathered),
    ],
  };
}

function bytesBelow(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}

async function study(...words) {
  const child = spawn(process.execPath, [launcher, ...words.map(String)], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  // 3: its units are still to be made.
  if (code !== 0 && code !== 3) throw new Error(`study ${words.join(' ')} ended with ${code}`);
}
