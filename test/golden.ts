import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Matrix } from '../src/linalg/gemm.ts';

const folder =
  process.env.STUDY_GOLDEN || fileURLToPath(new URL('../../shared/golden', import.meta.url));

/** CIFAR-10 as a zip of JPEG files, for `golden`. */
export const CIFAR = '../data/cifar10-jpeg.zip';

/**
 * A file that another tool wrote, or that is too large for the repository. They lie in $STUDY_GOLDEN,
 * else in ../shared/golden next to the checkout; on most machines nowhere.
 */
export function golden(name: string): string {
  return join(folder, name);
}

/** Whether one of the files is absent: for `skipIf`. Says which, and where it was looked for. */
export function lacksGolden(...names: readonly string[]): boolean {
  const missing = names.find((name) => !existsSync(golden(name)));
  if (missing === undefined) return false;
  console.log(`skipped: ${golden(missing)} is absent; see STUDY_GOLDEN in CONTRIBUTING.md`);
  return true;
}

/** Half-precision features of CIFAR-10's test images. */
export const FEATURES = 'cifar10-test-features.npy.gz';

const [ROWS, DIMENSION] = [10_000, 2048];
let bytes: Buffer | undefined;

/** Rows `start` to `end` of the golden CIFAR-10 features, their first `columns` coordinates. */
export function goldenRows(start: number, end: number, columns = DIMENSION): Matrix {
  bytes ??= gunzipSync(readFileSync(golden(FEATURES)));
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
