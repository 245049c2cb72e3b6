import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { drawPrecision } from '../linalg/scatter.ts';
import { transpose } from '../linalg/transpose.ts';
import { frechetDistance } from '../metrics/frechet-distance.ts';
import { referenceOfStatistics, type Statistics } from '../metrics/reference.ts';
import type { SurrogateDefinition } from './schema.ts';
import type { Surrogate } from './surrogate.ts';

/** Two Gaussians given by statistics files, each with an eigenbasis of its own. */
export async function dense(
  definition: SurrogateDefinition,
  q: Statistics,
  p: Statistics,
  algebra: LinearAlgebra,
): Promise<Surrogate> {
  if (q.mean.length !== definition.dimension) {
    throw new StudyError(
      `${definition.name}: dimension ${definition.dimension}, but statistics of ${q.mean.length}`,
      `set dimension to ${q.mean.length}`,
    );
  }
  const population = await frechetDistance(q, p, algebra);
  const reference = await referenceOfStatistics(q, algebra);
  // x − m = (μ − m) + G z with P = G Gᵀ, and z white.
  const generated = await referenceOfStatistics(p, algebra);
  const map = transpose(generated.factor);
  const whitened = await algebra.gemm.multiply(map, reference.factor);
  const gram = await algebra.gemm.multiply(whitened, whitened, { transposeB: true });
  const eigenvalues = await algebra.symmetricEigenvalues(gram.data, gram.rows);
  return {
    definition,
    source: {
      rows: { kind: 'normals', dimension: map.rows },
      // Standard normals are as well-conditioned as rows can be.
      precision: drawPrecision(map.rows),
      geometry: {
        dimension: map.rows,
        offset: p.mean.map((value, i) => value - q.mean[i]!),
        map: { kind: 'dense', matrix: map },
        whitened: { kind: 'dense', matrix: whitened },
        traceReference: reference.trace,
      },
    },
    reference: { kind: 'dense', matrix: transpose(reference.factor) },
    population,
    roots: eigenvalues.map((value) => Math.sqrt(Math.max(value, 0))),
  };
}
