import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { symmetricCongruence } from '../linalg/congruence.ts';
import type { Gemm, Matrix } from '../linalg/gemm.ts';
import type { Reference } from '../metrics/reference.ts';
import { mixedTerms } from './mixed-terms.ts';

/** Second moments of a group of contrasts. */
export interface GroupMoment {
  readonly rows: number;
  /** Mean of h hᵀ [d, d]. */
  readonly moment: Matrix;
  readonly trace: number;
}

/**
 * Terms of the Taylor series of tr P + tr Q − 2 tr (Q^½ P Q^½)^½ about the pilot's covariance B₀, of
 * degree 0, 1, … up to the number of groups. With A₀ = Lᵀ B₀ L = U diag(s²) Uᵀ and the whitening
 * M = L U diag(1/s), a group's moment S becomes Mᵀ S M = I + Δ with a small Δ, and
 * tr (Q^½ P Q^½)^½ = tr (C (I + Δ) C)^½ with C = diag(s). The term of degree r is linear in each of r
 * groups (`mixedTerms`).
 *
 * @param series one group for each degree
 * @param rows of the whole pool, for the message
 * @throws StudyError where the pilot is rank-deficient
 */
export async function taylorTerms(
  reference: Reference,
  pilot: readonly GroupMoment[],
  series: readonly GroupMoment[],
  rows: number,
  algebra: LinearAlgebra,
): Promise<number[]> {
  const { gemm } = algebra;
  const base = pooled(pilot);
  const { roots, map } = await whitening(reference, base, rows, algebra);
  const deltas: Matrix[] = [];
  for (const { moment } of series) deltas.push(await relativeChange(moment, map, gemm));
  const mixed = await mixedTerms(roots, deltas, series.length, gemm);
  // The trace of P is linear: taken from the rows of the series, it cancels against their root.
  let linear = 0;
  let count = 0;
  for (const [g, group] of series.entries()) {
    const { data, columns } = deltas[g]!;
    const root = roots.reduce((total, s, i) => total + s * data[i * columns + i]!, 0);
    linear += group.rows * (group.trace - root);
    count += group.rows;
  }
  const sum = roots.reduce((total, value) => total + value, 0);
  return [
    base.trace + reference.trace - 2 * sum,
    linear / count - base.trace,
    ...mixed.values.map((value) => -2 * value),
  ];
}

/** Mᵀ S M − I */
async function relativeChange(moment: Matrix, map: Matrix, gemm: Gemm): Promise<Matrix> {
  const product = await gemm.multiply(moment, map);
  const change = await gemm.multiply(map, product, { transposeA: true });
  for (let i = 0; i < change.rows; i++) change.data[i * change.rows + i]! -= 1;
  return change;
}

/** Moments of several groups together. */
function pooled(groups: readonly GroupMoment[]): GroupMoment {
  const rows = groups.reduce((total, group) => total + group.rows, 0);
  const d = groups[0]!.moment.rows;
  const data = new Float64Array(d * d);
  let trace = 0;
  for (const group of groups) {
    const weight = group.rows / rows;
    for (let k = 0; k < data.length; k++) data[k]! += weight * group.moment.data[k]!;
    trace += weight * group.trace;
  }
  return { rows, moment: { data, rows: d, columns: d }, trace };
}

/** s and the map L U diag(1/s) from the pilot's covariance. */
async function whitening(
  { factor }: Reference,
  pilot: GroupMoment,
  rows: number,
  { gemm, symmetricEigen }: LinearAlgebra,
) {
  const rank = factor.columns;
  const product = await symmetricCongruence(factor, pilot.moment, gemm);
  const { values, vectors } = await symmetricEigen(product.data, rank);
  const floor = 10 * rank * Number.EPSILON * (values[rank - 1] ?? 0);
  const found = values.filter((value) => value > floor).length;
  if (found < rank) throw deficient(found, pilot.rows, rank, rows);
  const roots = values.map(Math.sqrt);
  const map = await gemm.multiply(factor, { data: vectors, rows: rank, columns: rank });
  for (let i = 0, k = 0; i < map.rows; i++) {
    for (let j = 0; j < rank; j++, k++) map.data[k]! /= roots[j]!;
  }
  return { roots, map };
}

/** @returns the error of a pilot of too small a rank */
export function deficient(
  found: number,
  pilotRows: number,
  rank: number,
  rows: number,
): StudyError {
  return new StudyError(
    `rtd: the pilot of ${pilotRows} of ${rows} images has rank ${found}, the reference ${rank}`,
    'relative Taylor debiasing needs many more images than dimensions; use another estimator',
  );
}
