/** Pearson's statistic of counts that should be equal. */
export function chiSquareOfCounts(counts: ArrayLike<number>): number {
  const all = Array.from(counts);
  const expected = all.reduce((sum, count) => sum + count, 0) / all.length;
  return all.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Φ(x), to about 1e-15 absolute for |x| < 7: Marsaglia 2004, doi 10.18637/jss.v011.i04. */
export function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; sum + term !== sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

/**
 * Kolmogorov's D·√n of a sample against a distribution function. Under the null hypothesis it
 * exceeds 1.95 once in 1000 times. Sorts the sample.
 */
export function kolmogorov(sample: Float64Array, cdf: (x: number) => number): number {
  sample.sort();
  const n = sample.length;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const value = cdf(sample[i]!);
    largest = Math.max(largest, value - i / n, (i + 1) / n - value);
  }
  return largest * Math.sqrt(n);
}

/** Smirnov's D·√(nm/(n + m)) of two samples; the same law. Sorts both. */
export function smirnov(a: Float64Array, b: Float64Array): number {
  a.sort();
  b.sort();
  let largest = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]! <= b[j]!) i++;
    else j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest * Math.sqrt((a.length * b.length) / (a.length + b.length));
}
