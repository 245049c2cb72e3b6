import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { errorCode } from '../errors.ts';

/** The process that made a file: enough to tell later whether it still runs. */
export interface Owner {
  readonly pid: number;
  /** When it started, in clock ticks since boot: process ids come again. */
  readonly started: string | null;
  /**
   * Names the boot and the PID namespace in which the process id means something: two containers
   * have the same ids, and often the same host name. Null where the system does not tell.
   */
  readonly domain: string | null;
}

let known: Owner | undefined;

/** This process; looked up once. */
export function thisProcess(): Owner {
  known ??= { pid: process.pid, started: statusOf(process.pid)?.started ?? null, domain: domain() };
  return known;
}

/** Whether a process has ended; undefined if that cannot be seen from here. */
export function hasEnded({ pid, started, domain }: Owner): boolean | undefined {
  if (domain === null || domain !== thisProcess().domain) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return true;
  }
  const status = statusOf(pid);
  // A killed process whose parent has not asked for it yet still has its id.
  if (status === undefined || status.state === 'Z') return true;
  return started !== null && status.started !== started;
}

function domain(): string | null {
  try {
    // Where /proc is that of another namespace, its ids are not ours.
    if (readlinkSync('/proc/self') !== String(process.pid)) return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const text = `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
    return createHash('sha256').update(text).digest('hex').slice(0, 16);
  } catch {
    return null;
  }
}

function statusOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, started: fields[19]! };
  } catch {
    return undefined;
  }
}
