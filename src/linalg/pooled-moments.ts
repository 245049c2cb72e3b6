import type { SampleMoments } from './scatter.ts';

/**
 * Moments of a sample without some of its rows, from those of the whole and of the part: the pairwise
 * formula of Chan, Golub & LeVeque 1983 (doi 10.1080/00031305.1983.10483115), solved for one side,
 *
 *   M_rest = M − M_part − (n m / N) δ δᵀ,   M = (N − 1) Σ, δ = x̄_rest − x̄_part.
 *
 * Few digits are lost as long as the part is no more than half.
 *
 * @param out memory for the covariance [d, d]; may be the part's own
 */
export function withoutPart(
  whole: SampleMoments,
  part: SampleMoments,
  out?: Float64Array,
): SampleMoments {
  const count = whole.count - part.count;
  const d = whole.mean.length;
  const mean = whole.mean.map(
    (value, i) => (whole.count * value - part.count * part.mean[i]!) / count,
  );
  const delta = mean.map((value, i) => value - part.mean[i]!);
  const weight = (count * part.count) / whole.count;
  const data = out ?? new Float64Array(d * d);
  const [all, some] = [whole.covariance.data, part.covariance.data];
  const [allDegrees, someDegrees] = [whole.count - 1, part.count - 1];
  for (let i = 0, k = 0; i < d; i++) {
    const shift = weight * delta[i]!;
    for (let j = 0; j < d; j++, k++) {
      const scatter = allDegrees * all[k]! - someDegrees * some[k]! - shift * delta[j]!;
      data[k] = scatter / (count - 1);
    }
  }
  return { count, mean, covariance: { data, rows: d, columns: d } };
}

/**
 * Moments of two samples together, by the same formula:
 *
 *   M = M_a + M_b + (n_a n_b / N) δ δᵀ,   δ = x̄_b − x̄_a.
 */
export function together(a: SampleMoments, b: SampleMoments): SampleMoments {
  const count = a.count + b.count;
  const d = a.mean.length;
  const delta = b.mean.map((value, i) => value - a.mean[i]!);
  const mean = a.mean.map((value, i) => value + (b.count / count) * delta[i]!);
  const weight = (a.count * b.count) / count;
  const data = new Float64Array(d * d);
  const [first, second] = [a.covariance.data, b.covariance.data];
  const [ofFirst, ofSecond] = [a.count - 1, b.count - 1];
  for (let i = 0, k = 0; i < d; i++) {
    const shift = weight * delta[i]!;
    for (let j = 0; j < d; j++, k++) {
      const scatter = ofFirst * first[k]! + ofSecond * second[k]! + shift * delta[j]!;
      data[k] = scatter / (count - 1);
    }
  }
  return { count, mean, covariance: { data, rows: d, columns: d } };
}
