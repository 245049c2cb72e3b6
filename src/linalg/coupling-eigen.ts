import type { Eigenpairs } from './eigenpairs.ts';
import { secularRoot } from './secular.ts';

/** Eigenpairs of diag(d) + z zᵀ, d ascending, none of z 0. */
export function couplingEigen(d: Float64Array, z: Float64Array): Eigenpairs {
  const n = d.length;
  const w = z.map((value) => value * value);
  const values = new Float64Array(n);
  const gaps = new Float64Array(n * n);
  // The coupling, squared, to which the eigenvalues found belong exactly.
  const exact = new Float64Array(n).fill(1);
  for (let j = 0; j < n; j++) {
    const row = gaps.subarray(j * n, (j + 1) * n);
    values[j] = secularRoot(d, w, j, row);
    for (let i = 0; i < n; i++) exact[i]! *= i === j ? -row[i]! : row[i]! / (d[i]! - d[j]!);
  }
  for (let i = 0; i < n; i++) exact[i] = Math.sign(z[i]!) * Math.sqrt(Math.max(0, exact[i]!));
  for (let j = 0; j < n; j++) {
    const row = gaps.subarray(j * n, (j + 1) * n);
    let square = 0;
    for (let i = 0; i < n; i++) {
      const value = exact[i]! / row[i]!;
      row[i] = value;
      square += value * value;
    }
    const scale = 1 / Math.sqrt(square);
    for (let i = 0; i < n; i++) row[i]! *= scale;
  }
  return { values, vectors: gaps };
}
