import { stream } from '../../src/random/stream.ts';

/** A full symmetric matrix, row by row, with entries uniform in (−1, 1). */
export function randomSymmetric(n: number, seed: number): Float64Array {
  const { next } = stream('symmetric', n, seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      a[i * n + j] = 2 * next() - 1;
      a[j * n + i] = a[i * n + j]!;
    }
  }
  return a;
}

/** A dense symmetric matrix with these eigenvalues: diag(spectrum) under three reflections. */
export function withSpectrum(spectrum: ArrayLike<number>, seed: number): Float64Array {
  const n = spectrum.length;
  const { next } = stream('spectrum', n, seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) a[i * n + i] = spectrum[i]!;
  for (let times = 0; times < 3; times++) {
    const u = Float64Array.from({ length: n }, () => 2 * next() - 1);
    reflect(a, n, u);
  }
  return a;
}

/** A ← H A H for H = I − 2 u uᵀ / uᵀu, that is A − u wᵀ − w uᵀ with w = 2 (A u − (uᵀA u / uᵀu) u) / uᵀu. */
function reflect(a: Float64Array, n: number, u: Float64Array): void {
  const square = u.reduce((sum, x) => sum + x * x, 0);
  if (square === 0) return;
  const w = u.map((_, i) => u.reduce((sum, x, j) => sum + a[i * n + j]! * x, 0));
  const half = w.reduce((sum, x, i) => sum + x * u[i]!, 0) / square;
  for (let i = 0; i < n; i++) w[i] = (2 * (w[i]! - half * u[i]!)) / square;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      a[i * n + j]! -= u[i]! * w[j]! + w[i]! * u[j]!;
      a[j * n + i] = a[i * n + j]!;
    }
  }
}

/** max |x_i − y_i|. */
export function largestDifference(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = Math.abs(x[i]! - y[i]!);
    // Not Math.max: a NaN must count as a difference.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** √Σ x_i², scaled against overflow. */
export function norm(x: Float64Array): number {
  const largest = x.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(x.reduce((sum, value) => sum + (value / largest) ** 2, 0));
}

export function trace(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i * n + i]!;
  return sum;
}

export const ascending = (values: Iterable<number>): Float64Array =>
  Float64Array.from(values).sort();
