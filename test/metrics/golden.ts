import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Matrix } from '../../src/linalg/gemm.ts';

/** Where features and values from other tools lie, on machines that have them. */
export const goldenFolder = fileURLToPath(new URL('../../../shared/golden', import.meta.url));

const [ROWS, DIMENSION] = [10_000, 2048];
let bytes: Buffer | undefined;

/** Rows `start` to `end` of the golden CIFAR-10 features, their first `columns` coordinates. */
export function goldenRows(start: number, end: number, columns = DIMENSION): Matrix {
  bytes ??= gunzipSync(readFileSync(join(goldenFolder, 'cifar10-test-features.npy.gz')));
  const header = bytes.length - 2 * ROWS * DIMENSION;
  const rows = end - start;
  const data = new Float64Array(rows * columns);
  for (let i = 0, k = 0; i < rows; i++) {
    const row = header + 2 * DIMENSION * (start + i);
    for (let j = 0; j < columns; j++) data[k++] = float16(bytes.readUInt16LE(row + 2 * j));
  }
  return { data, rows, columns };
}

function float16(word: number): number {
  const [exponent, fraction] = [(word >> 10) & 31, word & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return word >> 15 ? -size : size;
}
