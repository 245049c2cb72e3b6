import type { Scatter } from '../linalg/scatter.ts';
import { normalSource } from '../random/normals.ts';
import { stream } from '../random/stream.ts';
import { wishartBartlett } from '../random/wishart.ts';

/**
 * Whether so many rows are drawn by their moments. Of no more rows than dimensions the rows themselves
 * are cheaper, and draws of them need the rows.
 */
export function isBlock(rows: number, dimension: number): boolean {
  return rows > dimension;
}

/**
 * Adds standard normal rows to the sums without drawing them: their mean is N(0, I/rows) and,
 * independent of it, their scatter about it is Wishart with rows − 1 degrees of freedom, whose factor is
 * drawn (Bartlett 1933). The distribution is that of rows, the cost that of d rows.
 *
 * @param rows more than dimensions
 * @param key of the stream
 */
export function addBlock(
  scatter: Scatter,
  rows: number,
  key: readonly (string | number)[],
): Promise<void> {
  const uniforms = stream(...key);
  const normals = normalSource(uniforms);
  const d = scatter.dimension;
  const mean = normals.fill(new Float64Array(d)).map((value) => value / Math.sqrt(rows));
  return scatter.addFactored(rows, mean, wishartBartlett(d, rows - 1, normals, uniforms));
}
