/**
 * Pivoted Cholesky factor of a symmetric positive semi-definite a [n, n]: L [n, rank] with
 * a = L Lᵀ up to n · EPS · max diagonal. Rows of L are in the order of a: no permutation is left.
 * Outer-product form, after Higham, Accuracy and Stability of Numerical Algorithms, section 10.3.
 */
export function pivotedCholesky(
  a: Float64Array,
  n: number,
): { factor: Float64Array; rank: number } {
  const columns: Float64Array[] = [];
  const scales = Float64Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(0, a[i * n + i]!)));
  const rest = a.map((value, k) => {
    const scale = scales[Math.floor(k / n)]! * scales[k % n]!;
    return scale > 0 ? value / scale : 0;
  });
  const tolerance = n * Number.EPSILON;
  for (let k = 0; k < n; k++) {
    let pivot = 0;
    for (let i = 1; i < n; i++) if (rest[i * n + i]! > rest[pivot * n + pivot]!) pivot = i;
    const value = rest[pivot * n + pivot]!;
    if (!(value > tolerance)) break;
    const root = Math.sqrt(value);
    const column = Float64Array.from({ length: n }, (_, i) => rest[i * n + pivot]! / root);
    for (let i = 0; i < n; i++) {
      const scale = column[i]!;
      if (scale === 0) continue;
      const row = rest.subarray(i * n, i * n + n);
      for (let j = 0; j < n; j++) row[j]! -= scale * column[j]!;
    }
    columns.push(column);
  }
  const rank = columns.length;
  const factor = new Float64Array(n * rank);
  for (const [k, column] of columns.entries()) {
    for (let i = 0; i < n; i++) factor[i * rank + (rank - 1 - k)] = column[i]! * scales[i]!;
  }
  return { factor, rank };
}
