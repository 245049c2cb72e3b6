import type { Gemm, Matrix } from '../linalg/gemm.ts';
import { rootSeriesTraces } from './root-series.ts';

/** Taylor terms of tr (C (I + V) C)^½ in which every factor V comes from another group of rows. */
export interface MixedTerms {
  /** The term of degree 2 at place 0, and so on. */
  readonly values: readonly number[];
  /** The term of degree 2 of each pair of groups, whose mean is `values[0]`. */
  readonly pairs: readonly number[];
}

/**
 * The mean over all choices of r of the groups of tr X_r(V_1, …, V_r), the symmetric form that is
 * linear in each argument and tr X_r(V) where all are V; for each degree r from 2 on. Groups are
 * independent, so that its expectation is tr X_r(E V) exactly. By polarisation,
 *
 *   X_r(V_1, …, V_r) = 1/r! Σ_{S ⊆ {1…r}} (−1)^{r−|S|} X_r(Σ_{i∈S} V_i),
 *
 * and a set S of k groups is part of C(G − k, r − k) of the C(G, r) choices.
 *
 * @param roots s of C = diag(s)
 * @param groups V_g [n, n] of G ≥ degree groups
 */
export async function mixedTerms(
  roots: Float64Array,
  groups: readonly Matrix[],
  degree: number,
  gemm: Gemm,
): Promise<MixedTerms> {
  const count = groups.length;
  const values = new Float64Array(Math.max(0, degree - 1));
  const squares = new Map<number, number>();
  for (let set = 1; set < 2 ** count; set++) {
    const size = bits(set);
    if (size > degree) continue;
    const traces = await rootSeriesTraces(roots, sumOf(groups, set), degree, gemm);
    for (let r = Math.max(2, size); r <= degree; r++) {
      const sign = (r - size) % 2 === 0 ? 1 : -1;
      const weight = choose(count - size, r - size) / (factorial(r) * choose(count, r));
      values[r - 2]! += sign * weight * traces[r - 1]!;
    }
    if (size <= 2 && degree >= 2) squares.set(set, traces[1]!);
  }
  const pairs = [...squares].flatMap(([set, together]) => {
    if (bits(set) !== 2) return [];
    const lowest = set & -set;
    return [(together - squares.get(lowest)! - squares.get(set - lowest)!) / 2];
  });
  return { values: [...values], pairs };
}

function sumOf(groups: readonly Matrix[], set: number): Matrix {
  const chosen = groups.filter((_, g) => (set >> g) & 1);
  const [first] = chosen;
  if (chosen.length === 1) return first!;
  const data = first!.data.slice();
  for (const group of chosen.slice(1)) {
    for (let k = 0; k < data.length; k++) data[k]! += group.data[k]!;
  }
  return { ...first!, data };
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function choose(n: number, k: number): number {
  return k < 0 || k > n ? 0 : factorial(n) / (factorial(k) * factorial(n - k));
}
