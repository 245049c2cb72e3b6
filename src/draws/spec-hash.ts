import type { Hash } from 'node:crypto';
import { sha256Stream } from '../arrays/sha256.ts';
import type { MetricSpec } from './metric-spec.ts';
import type { DrawSpec } from './spec.ts';

/**
 * A hash (sha256, hex) of all numbers that draws start from: spectra and factors are computed before,
 * and another machine or engine may have computed them with other last bits.
 */
export function hashOfSpec({ geometry, precision, rows, metrics }: DrawSpec): string {
  const hash = sha256Stream();
  // A file may lie elsewhere, and the moments of a whole pool are not always needed.
  const { path: _, total: __, ...taken } = { path: '', total: null, ...rows };
  add(hash, { geometry, precision, taken, ...(metrics && { metrics: withoutPaths(metrics) }) });
  return hash.digest('hex');
}

function withoutPaths({ names, reference }: MetricSpec) {
  if (reference.kind === 'normals') return { names, reference };
  const { kind, rows, of } = reference;
  return { names, reference: { kind, rows, of } };
}

function add(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    hash.update(`${byteLength}:`).update(new Uint8Array(buffer, byteOffset, byteLength));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      hash.update(`${JSON.stringify(name)}=`);
      add(hash, each);
    }
    hash.update(';');
  } else {
    hash.update(`${JSON.stringify(value)},`);
  }
}
