import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import type { WhiteMoments } from './moments.ts';

/**
 * FID of a draw of a diagonal surrogate in single precision, except for the eigenvalue iteration:
 * moments, factor, products and sums are rounded to float32 at each step.
 */
export async function singlePrecisionDistance(
  { source: { geometry }, definition }: Surrogate,
  { mean, covariance }: WhiteMoments,
  { gemm, symmetricEigenvalues }: LinearAlgebra,
): Promise<number> {
  if (geometry.map.kind !== 'diagonal' || geometry.whitened.kind !== 'diagonal') {
    throw new Error(`${definition.name} is not diagonal`);
  }
  const d = geometry.dimension;
  const deviations = Float32Array.from(geometry.map.values);
  const roots = geometry.whitened.values;
  // Statistics as clean-fid keeps them: P = map S map, and a factor of Q.
  const p = new Float32Array(d * d);
  for (let i = 0, k = 0; i < d; i++) {
    for (let j = 0; j < d; j++, k++) p[k] = deviations[i]! * covariance.data[k]! * deviations[j]!;
  }
  const factor = new Float32Array(d * d);
  for (let i = 0; i < d; i++)
    factor[i * d + i] = deviations[i] === 0 ? 0 : roots[i]! / deviations[i]!;
  const matrix = <T>(data: T) => ({ data, rows: d, columns: d });
  const half = await gemm.multiply(matrix(p), matrix(factor));
  const product = await gemm.multiply(matrix(factor), half, { transposeA: true });
  const eigenvalues = await symmetricEigenvalues(Float64Array.from(product.data), d);
  const f = Math.fround;
  let [meanTerm, trace, root] = [0, 0, 0];
  for (let i = 0; i < d; i++) {
    const offset = f(f(geometry.offset[i]!) + f(deviations[i]! * f(mean[i]!)));
    meanTerm = f(meanTerm + f(offset * offset));
    trace = f(trace + p[i * d + i]!);
    root = f(root + f(Math.sqrt(Math.max(0, eigenvalues[i]!))));
  }
  return f(f(meanTerm + f(geometry.traceReference)) + f(trace - f(2 * root)));
}
