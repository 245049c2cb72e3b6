import { once, type Rows } from '../sample.ts';

/** Rows read at a time. */
export const BLOCK = 2048;

/** Squared lengths |x|² of rows, in float64. */
export function squares(sample: Rows): Float64Array {
  return once(sample, 'squares', () => {
    const { rows, dimension } = sample;
    const out = new Float64Array(rows);
    eachRow(sample, (data, at, row) => {
      let sum = 0;
      for (let k = at; k < at + dimension; k++) sum += data[k]! * data[k]!;
      out[row] = sum;
    });
    return out;
  });
}

/** Σ f_i x_i [d], in float64, for a factor of each row. */
export function weightedSum(sample: Rows, factors: Float64Array): Float64Array {
  const { dimension } = sample;
  const out = new Float64Array(dimension);
  eachRow(sample, (data, at, row) => {
    const factor = factors[row]!;
    for (let j = 0; j < dimension; j++) out[j]! += factor * data[at + j]!;
  });
  return out;
}

function eachRow(sample: Rows, visit: (data: Float32Array, at: number, row: number) => void): void {
  const { rows, dimension } = sample;
  const memory = new Float32Array(Math.min(BLOCK, rows) * dimension);
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    const data = sample.read(start, count, memory);
    for (let i = 0; i < count; i++) visit(data, i * dimension, start + i);
  }
}

/** |x − y|² of two rows, in float64. */
export function squaredDistance(
  x: Float32Array,
  atX: number,
  y: Float32Array,
  atY: number,
  dimension: number,
): number {
  let sum = 0;
  for (let j = 0; j < dimension; j++) {
    const difference = x[atX + j]! - y[atY + j]!;
    sum += difference * difference;
  }
  return sum;
}

/**
 * How far a squared distance from a float32 product may be off, as a share of |x|² + |y|²: each of d
 * terms is rounded once, to 2^-24 of the running sum at most (Higham 2002, section 3.1).
 */
export function roundingOf(dimension: number): number {
  return (dimension + 8) * 2 ** -24;
}
