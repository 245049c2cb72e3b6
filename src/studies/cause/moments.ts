import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Matrix } from '../../linalg/gemm.ts';
import { normalSource } from '../../random/normals.ts';
import { stream } from '../../random/stream.ts';
import { wishartBartlett } from '../../random/wishart.ts';

/** Mean and covariance of a draw of white rows, drawn directly. */
export interface WhiteMoments {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** As `distanceOfExactMoments` draws them, for more rows than coordinates. */
export async function whiteMoments(
  dimension: number,
  size: number,
  key: readonly (string | number)[],
  { gemm }: LinearAlgebra,
): Promise<WhiteMoments> {
  const uniforms = stream(...key);
  const normals = normalSource(uniforms);
  const mean = normals.fill(new Float64Array(dimension)).map((value) => value / Math.sqrt(size));
  const degrees = size - 1;
  const data = wishartBartlett(dimension, degrees, normals, uniforms);
  const factor = { data, rows: dimension, columns: Math.min(dimension, degrees) };
  const covariance = await gemm.multiply(factor, factor, { transposeB: true });
  for (let k = 0; k < covariance.data.length; k++) covariance.data[k]! /= degrees;
  return { mean, covariance };
}
