import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { distanceOfStatistics } from '../../src/metrics/frechet-distance.ts';
import { referenceOfStatistics, type Statistics } from '../../src/metrics/reference.ts';
import { eigenbasis } from '../../src/theory/eigenbasis.ts';
import { fourthMoments } from '../../src/theory/fourth-moments.ts';
import {
  commutingVarianceConstant,
  gaussianBiasConstant,
  gaussianSecondVariance,
} from '../../src/theory/gaussian-moments.ts';
import { smallPool } from '../estimators/pools.ts';
import { plainAlgebra as algebra, plainGemm, plainMoments } from '../linalg/plain.ts';
import { symmetricEigen } from '../linalg/reference.ts';
import {
  diagonalStatistics,
  randomRotation,
  randomStatistics,
  rotated,
} from '../metrics/gaussians.ts';

const square = (data: Float64Array, d: number): Matrix => ({ data, rows: d, columns: d });
const basisOf = (reference: Statistics, generated: Statistics, count = 1e9) => {
  const d = reference.mean.length;
  const mean = generated.mean.map((value, i) => value - reference.mean[i]!);
  const moments = { count, mean, covariance: square(generated.covariance, d) };
  return eigenbasis(referenceOfStatistics(reference, algebra), moments, algebra);
};

/** f of the eigenvalues of a symmetric matrix. */
async function functionOf(a: Matrix, f: (x: number) => number): Promise<Matrix> {
  const { values, vectors } = symmetricEigen(a.data, a.rows);
  const v = square(vectors, a.rows);
  const scaled = square(
    vectors.map((x, k) => x * f(values[k % a.rows]!)),
    a.rows,
  );
  return plainGemm.multiply(scaled, v, { transposeB: true });
}

/** 2 tr[((I − T)P)²] + 4 δᵀPδ with square roots of matrices, as docs/theory.md, section 4, has it. */
async function byDefinition(q: Statistics, p: Statistics): Promise<number> {
  const d = q.mean.length;
  const root = await functionOf(square(q.covariance, d), Math.sqrt);
  const P = square(p.covariance, d);
  const a = await plainGemm.multiply(await plainGemm.multiply(root, P), root);
  const inner = await functionOf(a, (x) => 1 / Math.sqrt(x));
  const t = await plainGemm.multiply(await plainGemm.multiply(root, inner), root);
  const rest = square(
    t.data.map((x, k) => (k % (d + 1) === 0 ? 1 : 0) - x),
    d,
  );
  const m = await plainGemm.multiply(rest, P);
  const m2 = await plainGemm.multiply(m, m);
  let total = 0;
  for (let i = 0; i < d; i++) total += 2 * m2.data[i * (d + 1)]!;
  const delta = p.mean.map((value, i) => value - q.mean[i]!);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) total += 4 * delta[i]! * delta[j]! * P.data[i * d + j]!;
  }
  return total;
}

describe('the first-order variance of FID', () => {
  it('is that of docs/theory.md where P and Q do not commute, for either side', async () => {
    const [q, p] = [randomStatistics(7, 30, 'variance q'), randomStatistics(7, 30, 'variance p')];
    const { first } = await basisOf(q, p);
    expect(first.generated / (await byDefinition(q, p))).toBeCloseTo(1, 10);
    expect(first.reference / (await byDefinition(p, q))).toBeCloseTo(1, 10);
  });

  it('is the closed form where they commute, in any basis', async () => {
    const [q, p, offset] = [
      [4, 2, 1, 0.5],
      [1, 2, 2, 0.7],
      [0.3, 0, -1, 0.2],
    ].map((values) => Float64Array.from(values)) as [Float64Array, Float64Array, Float64Array];
    const r = randomRotation(4, 3);
    const { first } = await basisOf(
      await rotated(diagonalStatistics(new Float64Array(4), q), r),
      await rotated(diagonalStatistics(offset, p), r),
    );
    expect(first.generated).toBeCloseTo(commutingVarianceConstant(q, p, offset), 12);
  });

  it('vanishes at P = Q', async () => {
    const q = randomStatistics(7, 30, 'variance q');
    const { first } = await basisOf(q, q);
    expect(Math.abs(first.generated)).toBeLessThan(1e-12);
    expect(Math.abs(first.reference)).toBeLessThan(1e-12);
  });
});

describe('the eigenbasis of Q^½PQ^½', () => {
  it('whitens the sample', async () => {
    const { x, reference } = smallPool(60, 5, 2);
    const { mean, covariance } = plainMoments(x);
    const moments = { count: 60, mean, covariance: square(covariance, 5) };
    const { whitening } = await eigenbasis(reference, moments, algebra);
    const white = await plainGemm.multiply(
      await plainGemm.multiply(whitening, moments.covariance, { transposeA: true }),
      whitening,
    );
    for (const [k, value] of white.data.entries()) {
      expect(value).toBeCloseTo(k % 6 === 0 ? 1 : 0, 10);
    }
  });

  it('has no more directions than the sample', async () => {
    const { x, reference } = smallPool(4, 6, 2);
    const { mean, covariance } = plainMoments(x);
    const moments = { count: 4, mean, covariance: square(covariance, 6) };
    const { roots, whitening } = await eigenbasis(reference, moments, algebra);
    expect([roots.length, whitening.columns]).toEqual([3, 3]);
  });
});

describe('fourth moments', async () => {
  const [n, d] = [50, 4];
  const { x, pool, reference } = smallPool(n, d, 4);
  const { mean: centre, covariance } = plainMoments(x);
  const mean = centre.map((value, i) => value - reference.mean[i]!);
  const moments = { count: n, mean, covariance: square(covariance, d) };
  const basis = await eigenbasis(reference, moments, algebra);
  const found = await fourthMoments(pool, reference.mean, moments, basis, algebra);
  const centred = { ...x, data: x.data.map((value, k) => value - centre[k % d]!) };
  const z = await plainGemm.multiply(centred, basis.whitening);
  const row = ({ data }: Matrix, k: number) => data.subarray(k * d, (k + 1) * d);
  /** h of two rows, by its definition. */
  const h = (a: number, b: number) => {
    const [u, v] = [row(z, a), row(z, b)];
    let total = row(centred, a).reduce((sum, value, i) => sum + value * row(centred, b)[i]!, 0);
    for (const [i, s] of basis.roots.entries()) {
      for (const [j, t] of basis.roots.entries()) {
        const same = i === j ? 1 : 0;
        total += ((0.5 * s * t) / (s + t)) * (u[i]! * u[j]! - same) * (v[i]! * v[j]! - same);
      }
    }
    return total;
  };
  const variance = (values: number[]) => {
    const average = values.reduce((sum, value) => sum + value, 0) / n;
    return values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (n - 1);
  };
  const rows = Array.from({ length: n }, (_, k) => k);

  it('give the constant of docs/theory.md, each row without its own pull on the covariance', () => {
    const white = rows.map((k) => row(z, k).reduce((sum, value) => sum + value * value, 0));
    const rest = white.map((length) => 1 - 1 / n - length / (n - 1));
    const average =
      white.reduce((sum, length, k) => sum + length / Math.sqrt(rest[k]!), 0) / (d * (n - 1));
    let expected = 0;
    for (const [i, s] of basis.roots.entries()) {
      for (const [j, t] of basis.roots.entries()) {
        const product = rows.reduce((sum, k) => {
          const scale = Math.sqrt(rest[k]!) * average;
          return sum + ((row(z, k)[i]! * row(z, k)[j]!) / scale) ** 2 / n;
        }, 0);
        const v = (s * t) ** 2 * (product - (i === j ? 1 : 0));
        expected += (0.5 * v) / (s * t * (s + t));
      }
    }
    expect(found.spectral).toBeCloseTo(expected, 10);
  });

  it('give the variance of h(x, x) and the mean of h(x, y)²', () => {
    expect(found.diagonal / variance(rows.map((k) => h(k, k)))).toBeCloseTo(1, 10);
    let [total, pairs] = [0, 0];
    for (let a = 0; a < n; a++) {
      for (let b = a + 1; b < n; b++, pairs++) total += h(a, b) ** 2;
    }
    // 50 rows have 1,225 pairs: fewer than are looked at.
    expect(found.second).toBeCloseTo(total / pairs, 10);
  });

  it('give the influence of a row, which is what FID loses by a little less of it', async () => {
    const distance = async (weights: Float64Array) => {
      const total = weights.reduce((sum, w) => sum + w, 0);
      const m = new Float64Array(d);
      for (let k = 0; k < x.data.length; k++) {
        m[k % d]! += (weights[Math.floor(k / d)]! * x.data[k]!) / total;
      }
      const c = new Float64Array(d * d);
      for (let row = 0; row < 50; row++) {
        for (let i = 0; i < d; i++) {
          for (let j = 0; j < d; j++) {
            const [a, b] = [x.data[row * d + i]! - m[i]!, x.data[row * d + j]! - m[j]!];
            // Divided so that equal weights give the sample covariance.
            c[i * d + j]! += ((weights[row]! / total) * a * b * 50) / 49;
          }
        }
      }
      return (await distanceOfStatistics(reference, { mean: m, covariance: c }, algebra)).distance;
    };
    const step = 1e-5;
    const psi: number[] = [];
    for (let row = 0; row < 50; row++) {
      const [up, down] = [step, -step].map((by) =>
        Float64Array.from({ length: 50 }, (_, i) => (i === row ? 1 + by : 1)),
      ) as [Float64Array, Float64Array];
      psi.push((50 * ((await distance(up)) - (await distance(down)))) / (2 * step));
    }
    const others = psi.map((value, k) => value - (2 / n) * h(k, k));
    // Our ψ has divisor N where the covariance has N − 1.
    expect(found.influence / variance(others)).toBeCloseTo(1, 1);
  });
});

describe('Gaussian constants', () => {
  it('are closed forms for isotropic features', () => {
    for (const d of [1, 2, 10, 100]) {
      const ones = new Float64Array(d).fill(1);
      expect(gaussianBiasConstant(d, ones)).toBeCloseTo(d ** 2 / 4 + (5 * d) / 4, 9);
      expect(gaussianSecondVariance(d, ones)).toBeCloseTo(d ** 2 / 8 + (9 * d) / 8, 9);
    }
  });
});
