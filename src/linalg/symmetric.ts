import { StudyError } from '../errors.ts';
import { releaseMatrix, takeMatrix } from './spare-matrix.ts';

/** A symmetric matrix prepared for the kernels; see `conditionSymmetric`. */
export interface Conditioned {
  /** The rows (and columns) that are not zero, ascending by index, or by diagonal if graded. */
  rows: Int32Array;
  /** The power of four to multiply the entries by: max |a| then lies in [¼, 1). */
  factor: number;
}

/** Entries below this after scaling are noise: 2⁻²⁰⁰. */
export const FLOOR = 2 ** -200;
/** Rows and columns mirrored together: four cache lines. */
const TILE = 32;

/**
 * Searches the lower triangle of a (n × n, row-major) for what the kernels cannot handle: zero rows,
 * which are eigenvalues already, and a scale at which squares overflow or underflow.
 *
 * @param graded orders the rows by their diagonal, the smallest first: reductions that start at the
 *   last row then keep small eigenvalues of a graded matrix, instead of drowning them in EPS · ‖a‖
 * @throws StudyError when a is too short or holds NaN or an infinity.
 */
export function conditionSymmetric(a: Float64Array, n: number, graded = false): Conditioned {
  if (!Number.isInteger(n) || n < 0 || a.length < n * n) {
    throw new StudyError(
      `a matrix of ${a.length} numbers is not ${n} × ${n}`,
      'give n × n numbers, row by row',
    );
  }
  const largest = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const start = i * n;
    let row = 0;
    for (let j = 0; j <= i; j++) {
      const size = Math.abs(a[start + j]!);
      if (size > row) row = size;
      else if (Number.isNaN(size)) row = Number.NaN;
      if (size > largest[j]!) largest[j] = size;
    }
    if (!Number.isFinite(row)) throw notFinite(a, n, i);
    if (row > largest[i]!) largest[i] = row;
  }
  const max = largest.reduce((m, value) => Math.max(m, value), 0);
  if (max === 0) return { rows: new Int32Array(0), factor: 1 };
  const factor = reciprocalPower(max);
  const rows = Int32Array.from(largest.keys()).filter((i) => largest[i]! * factor >= FLOOR);
  if (graded) rows.sort((i, j) => Math.abs(a[i * n + i]!) - Math.abs(a[j * n + j]!) || i - j);
  return { rows, factor };
}

/** The power of four (its root is exact too) that takes a number to [¼, 1), as doubles reach. */
function reciprocalPower(value: number): number {
  const exponent = 2 * Math.ceil((Math.floor(Math.log2(value)) + 1) / 2);
  return 2 ** -Math.max(-1022, Math.min(1022, exponent));
}

/**
 * Writes the lower triangle of the rows kept, scaled, to `target`, whose rows are `stride` numbers
 * apart. Zero rows and columns come first, so that their number is a multiple of 4 as the kernels
 * want it; returns how many. Entries that are noise become 0.
 */
export function copyConditioned(
  a: Float64Array,
  n: number,
  { rows, factor }: Conditioned,
  target: Float64Array,
  stride: number,
): number {
  const padding = -rows.length & 3;
  target.fill(0, 0, padding * stride);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const from = row * n;
    const start = (padding + i) * stride;
    const to = start + padding;
    target.fill(0, start, to);
    for (let j = 0; j <= i; j++) {
      const column = rows[j]!;
      const value = (column <= row ? a[from + column]! : a[column * n + row]!) * factor;
      target[to + j] = Math.abs(value) < FLOOR ? 0 : value;
    }
    // The kernels read whole groups of 4; what lies here must be finite.
    target.fill(0, to + i + 1, to + i + 4);
  }
  return padding;
}

/**
 * The same into both triangles of `target`, for what reads all of a matrix: its rows are then `stride`
 * numbers apart with zeros between them.
 */
export function copyMirrored(
  a: Float64Array,
  n: number,
  { rows, factor }: Conditioned,
  target: Float64Array,
  stride: number,
): number {
  const padding = -rows.length & 3;
  target.fill(0, 0, padding * stride);
  // Writing both triangles row by row is faster than jumping between rows for each entry.
  const whole = takeMatrix(n * n);
  for (let top = 0; top < n; top += TILE) {
    for (let left = 0; left <= top; left += TILE) {
      for (let i = top; i < Math.min(top + TILE, n); i++) {
        for (let j = left; j < Math.min(left + TILE, i + 1); j++) {
          const scaled = a[i * n + j]! * factor;
          const value = Math.abs(scaled) < FLOOR ? 0 : scaled;
          whole[i * n + j] = value;
          whole[j * n + i] = value;
        }
      }
    }
  }
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * n;
    const start = (padding + i) * stride;
    target.fill(0, start, start + padding);
    for (let j = 0, to = start + padding; j < rows.length; j++) {
      target[to++] = whole[from + rows[j]!]!;
    }
    target.fill(0, start + padding + rows.length, start + stride);
  }
  releaseMatrix(whole);
  return padding;
}

function notFinite(a: Float64Array, n: number, row: number): StudyError {
  const column = a.subarray(row * n, row * n + row + 1).findIndex((x) => !Number.isFinite(x));
  const value = a[row * n + column];
  return new StudyError(
    `entry (${row}, ${column}) of a ${n} × ${n} matrix is ${value}`,
    'look for broken images or NaN features in the set that it comes from',
  );
}
