import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const programs = ['slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'sinfo', 'munged'];
/** Debian has daemons where users need not look. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Why no Slurm can be started here; undefined if it can. */
export function whyNoSlurm(): string | undefined {
  const missing = programs.filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH } }).status !== 0,
  );
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')} missing: apt-get install slurm-wlm munge`;
}

/** A real Slurm of two nodes on this host, n1 and n2, of one core each. */
export interface Cluster {
  /** For commands that talk to it. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs one of Slurm's commands; what it prints. */
  slurm(program: string, ...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it under a folder; all its daemons are children of this process. */
export async function startCluster(folder: string): Promise<Cluster> {
  mkdirSync(join(folder, 'munge'), { mode: 0o700 });
  mkdirSync(join(folder, 'state'));
  const [control, n1, n2] = [await freePort(), await freePort(), await freePort()];
  const conf = join(folder, 'slurm.conf');
  writeFileSync(conf, configuration(folder, control, { n1, n2 }));
  const env = { ...process.env, PATH, SLURM_CONF: conf };
  const daemons = new Map<string, ChildProcess>();
  const start = (name: string, program: string, args: string[]) => {
    const log = openSync(join(folder, `${name}.out`), 'a');
    const child = spawn(program, args, { env, stdio: ['ignore', log, log], detached: true });
    daemons.set(name, child);
  };
  const slurm = async (program: string, ...args: string[]) =>
    (await run(program, args, { env, maxBuffer: 1e7 })).stdout;
  writeFileSync(join(folder, 'munge', 'key'), Buffer.alloc(128, 'fid-study'), { mode: 0o600 });
  const munge = (name: string) => join(folder, 'munge', name);
  start('munged', 'munged', [
    ...['--foreground', `--socket=${munge('socket')}`, `--key-file=${munge('key')}`],
    ...[`--log-file=${munge('log')}`, `--pid-file=${munge('pid')}`, `--seed-file=${munge('seed')}`],
    ...['--num-threads=2', '--force'],
  ]);
  start('slurmctld', 'slurmctld', ['-D', '-c', '-f', conf]);
  for (const name of ['n1', 'n2']) {
    mkdirSync(join(folder, `spool-${name}`));
    start(name, 'slurmd', ['-D', '-N', name, '-f', conf]);
  }
  const cluster: Cluster = {
    env,
    slurm,
    async stop() {
      await slurm('scancel', '--user', userInfo().username).catch(() => {});
      await sleep(500);
      for (const name of ['n1', 'n2', 'slurmctld', 'munged']) kill(daemons.get(name));
    },
  };
  try {
    await until(async () => (await slurm('sinfo', '-h', '-o', '%D %t')).trim() === '2 idle', 60);
  } catch (error) {
    await cluster.stop();
    const logs = ['munged.out', 'slurmctld.out', 'n1.out'].map((name) =>
      readFileSync(join(folder, name), 'utf8').slice(-2000),
    );
    throw new Error(`Slurm did not start:\n${logs.join('\n')}`, { cause: error });
  }
  return cluster;
}

/** Waits until something holds, asking five times a second. */
export async function until(holds: () => Promise<boolean>, seconds: number): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${holds}`);
    await sleep(200);
  }
}

function kill(child: ChildProcess | undefined): void {
  if (child?.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function configuration(folder: string, port: number, nodes: Readonly<Record<string, number>>) {
  const user = userInfo().username;
  const host = hostname();
  return [
    'ClusterName=test',
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${port}`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    'AuthType=auth/munge',
    `AuthInfo=socket=${join(folder, 'munge', 'socket')}`,
    `StateSaveLocation=${join(folder, 'state')}`,
    `SlurmdSpoolDir=${join(folder, 'spool-%n')}`,
    `SlurmctldPidFile=${join(folder, 'slurmctld.pid')}`,
    `SlurmdPidFile=${join(folder, '%n.pid')}`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'SwitchType=switch/none',
    'MpiDefault=none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core',
    'SlurmdParameters=config_overrides',
    'SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,sched_interval=1',
    // A node that is set down stays down: back too early, it fails what starts beside the task that ends there.
    'ReturnToService=1',
    'KillWait=1',
    'JobRequeue=1',
    'MailProg=/bin/true',
    ...Object.entries(nodes).map(
      ([name, at]) =>
        `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${at} CPUs=1 State=UNKNOWN`,
    ),
    'PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
    '',
  ].join('\n');
}
