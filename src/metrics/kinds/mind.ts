import { StudyError } from '../../errors.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Matrix } from '../../linalg/gemm.ts';
import { normalSource } from '../../random/normals.ts';
import { stream } from '../../random/stream.ts';
import { drawWithoutReplacement } from '../../random/subsample.ts';
import type { Metric } from '../metric.ts';
import { requireSamples } from '../pairs/require.ts';
import { chosenRows, type Rows } from '../sample.ts';

/** Random directions. The share of the value that they add as noise is about √(2/1000) at most. */
export const DIRECTIONS = 1000;
/** Rows projected at a time. */
const BLOCK = 2048;

/**
 * MIND (Berthet et al. 2026, arXiv 2605.06797): the mean squared 2-Wasserstein distance of projections on
 * random directions, times 3d. It needs as many references as images: of more, a random N are taken.
 */
export const mind: Metric = {
  name: 'mind',
  title: 'MIND',
  needs: ['rows'],
  better: 'lower',
  isSymmetric: true,
  usesReference: true,
  atEqual: 0,
  inN: 'limit',
  bias: 'too high by about c/N: both sides are empirical',
  leastRows: 2,
  isEqualN: true,
  async value(draw, reference, { algebra, key, signal }) {
    requireSamples(draw, reference, 2, 'MIND');
    requireAsMany(draw.rows, reference.rows);
    const directions = randomDirections(draw.dimension, DIRECTIONS, key);
    const order = drawWithoutReplacement(
      reference.rows,
      draw.rows,
      stream(...key, 'mind', 'reference'),
    ).sort();
    const others = draw.rows === reference.rows ? reference : chosenRows(reference, order);
    signal?.throwIfAborted();
    return mindOf(draw, others, directions, algebra);
  },
};

/** @throws StudyError with fewer references than images */
export function requireAsMany(rows: number, references: number): void {
  if (references >= rows) return;
  throw new StudyError(
    `mind of ${rows} images against ${references} references: it needs as many of each`,
    `give at most ${references} images, more references, or leave out mind`,
  );
}

/**
 * MIND of two samples of the same number of rows.
 *
 * @param directions of length 1, [M, d]
 */
export async function mindOf(
  x: Rows,
  y: Rows,
  directions: Matrix<Float32Array>,
  algebra: LinearAlgebra,
): Promise<number> {
  const projected = [
    await projections(x, directions, algebra),
    await projections(y, directions, algebra),
  ];
  const n = x.rows;
  let sum = 0;
  for (let m = 0; m < directions.rows; m++) {
    const [a, b] = projected.map((all) => all.subarray(m * n, (m + 1) * n).sort());
    for (let i = 0; i < n; i++) sum += (a![i]! - b![i]!) ** 2;
  }
  return (3 * x.dimension * sum) / (n * directions.rows);
}

/** xᵀu for every row and direction, [M, rows]. */
async function projections(
  sample: Rows,
  directions: Matrix<Float32Array>,
  { gemm }: LinearAlgebra,
): Promise<Float32Array> {
  const { rows, dimension } = sample;
  const out = new Float32Array(directions.rows * rows);
  const memory = new Float32Array(Math.min(BLOCK, rows) * dimension);
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    const block = { data: sample.read(start, count, memory), rows: count, columns: dimension };
    const { data } = await gemm.multiply(directions, block, { transposeB: true });
    for (let m = 0; m < directions.rows; m++) {
      out.set(data.subarray(m * count, (m + 1) * count), m * rows + start);
    }
  }
  return out;
}

/** Directions uniform on the sphere, [count, d]: the same for every draw of one study. */
export function randomDirections(
  dimension: number,
  count: number,
  key: readonly (string | number)[],
): Matrix<Float32Array> {
  const normals = normalSource(stream(key[0] ?? 0, 'mind', 'directions'));
  const data = new Float32Array(count * dimension);
  const row = new Float64Array(dimension);
  for (let m = 0; m < count; m++) {
    normals.fill(row);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < dimension; j++) data[m * dimension + j] = row[j]! / length;
  }
  return { data, rows: count, columns: dimension };
}
