import { normalSource } from '../../../src/random/normals.ts';
import { stream } from '../../../src/random/stream.ts';
import type { Pool } from '../../../src/studies/real-images/pool.ts';

/** Standard normals [rows, d], shifted. */
export function normals(key: string, rows: number, d: number, shift = 0): Float64Array {
  const values = normalSource(stream('test', key)).fill(new Float64Array(rows * d));
  return values.map((value) => value + shift);
}

/** A pool in memory, for what reads rows in this thread. */
export function memoryPool(name: string, data: Float64Array, d: number): Pool {
  const rows = data.length / d;
  return {
    name,
    rows,
    dimension: d,
    featuresPath: 'none',
    notes: [],
    provenance: {
      path: name,
      sha256: '0'.repeat(64),
      rows,
      model: null,
      mode: null,
      comparable: null,
    },
    readBlock: (start, count, out) => out.set(data.subarray(start * d, (start + count) * d)),
    readRows(indices, out) {
      indices.forEach((row, i) => {
        out.set(data.subarray(row * d, (row + 1) * d), i * d);
      });
    },
    close() {},
  };
}
