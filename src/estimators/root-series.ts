import type { Gemm, Matrix } from '../linalg/gemm.ts';

/**
 * Traces of the Taylor terms of a matrix square root: of X(z) = (C (I + zV) C)^½ = C + Σ z^r X_r with
 * C = diag(s), those of X_1 … X_degree. From X(z)² = C (I + zV) C, entry by entry,
 *
 *   X_1 = (CVC)_ij / (s_i + s_j),   X_r = −(Σ_{l=1}^{r−1} X_l X_{r−l})_ij / (s_i + s_j).
 *
 * @param roots s > 0
 * @param v symmetric V [n, n]
 * @returns tr X_r at place r − 1
 */
export async function rootSeriesTraces(
  roots: Float64Array,
  v: Matrix,
  degree: number,
  gemm: Gemm,
): Promise<Float64Array> {
  const n = roots.length;
  const traces = new Float64Array(degree);
  const first = new Float64Array(n * n);
  for (let i = 0, k = 0; i < n; i++) {
    const s = roots[i]!;
    for (let j = 0; j < n; j++, k++) first[k] = (s * roots[j]! * v.data[k]!) / (s + roots[j]!);
    traces[0]! += first[i * n + i]!;
  }
  const terms: Matrix[] = [{ data: first, rows: n, columns: n }];
  for (let r = 2; r <= degree; r++) {
    traces[r - 1] = traceOfTerm(roots, terms, r);
    if (r < degree) terms.push(await nextTerm(roots, terms, r, gemm));
  }
  return traces;
}

/** X_r from those before it; X_l X_{r−l} and X_{r−l} X_l are transposes of each other. */
async function nextTerm(roots: Float64Array, terms: readonly Matrix[], r: number, gemm: Gemm) {
  const n = roots.length;
  const data = new Float64Array(n * n);
  for (let l = 1; 2 * l <= r; l++) {
    const product = (await gemm.multiply(terms[l - 1]!, terms[r - l - 1]!)).data;
    const mirror = 2 * l < r ? 1 : 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const value = product[i * n + j]! + mirror * product[j * n + i]!;
        data[i * n + j]! -= value / (roots[i]! + roots[j]!);
      }
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j]!;
  return { data, rows: n, columns: n };
}

/** tr X_r, which needs the diagonals of the products only. */
function traceOfTerm(roots: Float64Array, terms: readonly Matrix[], r: number): number {
  const n = roots.length;
  let trace = 0;
  for (let l = 1; 2 * l <= r; l++) {
    const [a, b] = [terms[l - 1]!.data, terms[r - l - 1]!.data];
    const times = 2 * l < r ? 2 : 1;
    for (let i = 0, k = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++, k++) sum += a[k]! * b[k]!;
      trace -= (times * sum) / (2 * roots[i]!);
    }
  }
  return trace;
}
