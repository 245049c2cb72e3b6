import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Matrix } from '../linalg/gemm.ts';
import { transpose } from '../linalg/transpose.ts';
import {
  distanceOfContrasts,
  distanceOfMoments,
  type FrechetTerms,
  type Geometry,
} from '../metrics/frechet.ts';
import { normalSource } from '../random/normals.ts';
import { stream } from '../random/stream.ts';
import { wishartBartlett } from '../random/wishart.ts';

/**
 * FID of a draw of `size` Gaussian rows without drawing the rows: their mean is N(0, I/size) and,
 * independent of it, their scatter is Wishart with size − 1 degrees of freedom, whose factor T is
 * drawn directly (Bartlett). The distribution is that of real draws; the cost does not grow with
 * size: N = 10⁷ is as fast as 10⁴.
 *
 * @param key of the stream; draws of different sizes are independent
 */
export async function distanceOfExactMoments(
  geometry: Geometry,
  size: number,
  key: readonly (string | number)[],
  algebra: LinearAlgebra,
): Promise<FrechetTerms> {
  const d = geometry.dimension;
  const uniforms = stream(...key);
  const normals = normalSource(uniforms);
  const mean = normals.fill(new Float64Array(d)).map((value) => value / Math.sqrt(size));
  const degrees = size - 1;
  const columns = Math.min(d, degrees);
  const factor = wishartBartlett(d, degrees, normals, uniforms);
  const t: Matrix = { data: factor, rows: d, columns };
  if (size <= d) return distanceOfContrasts(geometry, transpose(t), mean, algebra);
  const covariance = await algebra.gemm.multiply(t, t, { transposeB: true });
  for (let k = 0; k < covariance.data.length; k++) covariance.data[k]! /= degrees;
  return distanceOfMoments(geometry, { mean, covariance }, algebra);
}
