import { hostname } from 'node:os';
import { type Owner, thisProcess } from '../../src/arrays/owner.ts';

/** What a lock file of this process says; or of another, in the same boot and namespace. */
export function lockText(other: Partial<Owner> = {}): string {
  const started = other.pid === undefined ? thisProcess().started : null;
  return JSON.stringify({ ...thisProcess(), started, host: hostname(), id: 'x', ...other });
}
