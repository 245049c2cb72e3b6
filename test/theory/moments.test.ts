import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { distanceOfStatistics } from '../../src/metrics/frechet-distance.ts';
import { referenceOfStatistics, type Statistics } from '../../src/metrics/reference.ts';
import { eigenbasis } from '../../src/theory/eigenbasis.ts';
import {
  commutingVarianceConstant,
  gaussianBiasConstant,
  gaussianSecondVariance,
} from '../../src/theory/gaussian-moments.ts';
import { kernelAlong } from '../../src/theory/influence-moments.ts';
import { resolventOf } from '../../src/theory/resolvent.ts';
import { rowMoments } from '../../src/theory/row-moments.ts';
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
const basisOf = async (reference: Statistics, generated: Statistics, count = 1e9) => {
  const d = reference.mean.length;
  const mean = generated.mean.map((value, i) => value - reference.mean[i]!);
  const moments = { count, mean, covariance: square(generated.covariance, d) };
  return eigenbasis(await referenceOfStatistics(reference, algebra), moments, algebra);
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
    const { x, reference } = await smallPool(60, 5, 2);
    const { mean, covariance } = plainMoments(x);
    const moments = { count: 60, mean, covariance: square(covariance, 5) };
    const { whitening } = (await eigenbasis(reference, moments, algebra)).generated;
    const white = await plainGemm.multiply(
      await plainGemm.multiply(whitening, moments.covariance, { transposeA: true }),
      whitening,
    );
    for (const [k, value] of white.data.entries()) {
      expect(value).toBeCloseTo(k % 6 === 0 ? 1 : 0, 10);
    }
  });

  it('whitens the reference too, in the basis that the sample has', async () => {
    const { x, reference, statistics } = await smallPool(60, 5, 2);
    const { mean, covariance } = plainMoments(x);
    const moments = { count: 60, mean, covariance: square(covariance, 5) };
    const { generated, reference: other } = await eigenbasis(reference, moments, algebra);
    const q = square(statistics.covariance, 5);
    const white = await plainGemm.multiply(
      await plainGemm.multiply(other.whitening, q, { transposeA: true }),
      other.whitening,
    );
    // WᵀV = diag(1/s): one basis, in which P and Q are each the other's whitening.
    const both = await plainGemm.multiply(generated.whitening, other.whitening, {
      transposeA: true,
    });
    for (const [k, value] of white.data.entries()) {
      expect(value).toBeCloseTo(k % 6 === 0 ? 1 : 0, 10);
      const expected = k % 6 === 0 ? 1 / generated.roots[k / 6]! : 0;
      expect(both.data[k]! - expected).toBeCloseTo(0, 9);
    }
  });

  it('has no more directions than the sample', async () => {
    const { x, reference } = await smallPool(4, 6, 2);
    const { mean, covariance } = plainMoments(x);
    const moments = { count: 4, mean, covariance: square(covariance, 6) };
    const { roots, whitening } = (await eigenbasis(reference, moments, algebra)).generated;
    expect([roots.length, whitening.columns]).toEqual([3, 3]);
  });
});

describe('moments of rows', async () => {
  const [n, d] = [50, 4];
  const { x, pool, reference } = await smallPool(n, d, 4);
  const { mean: centre, covariance } = plainMoments(x);
  const mean = centre.map((value, i) => value - reference.mean[i]!);
  const moments = { count: n, mean, covariance: square(covariance, d) };
  const { generated: basis } = await eigenbasis(reference, moments, algebra);
  const resolvent = resolventOf(basis.roots);
  const found = await rowMoments(pool, centre, mean, basis, resolvent, algebra);
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

  /** Σ √λ of Lᵀ(S − w x xᵀ)L for a row of weight w. */
  const rootsWithout = async (row: number, weight: number) => {
    const reduced = covariance.map(
      (value, k) =>
        value -
        weight * centred.data[row * d + Math.floor(k / d)]! * centred.data[row * d + (k % d)]!,
    );
    const left = await plainGemm.multiply(reference.factor, square(reduced, d), {
      transposeA: true,
    });
    const { data } = await plainGemm.multiply(left, reference.factor);
    const { values } = symmetricEigen(data, d);
    return values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  };

  it('have in h(x, x) what each row by itself takes from Σ √λ, exactly', async () => {
    const whole = basis.roots.reduce((sum, s) => sum + s, 0);
    for (const k of [0, 7, 31]) {
      // Without a row the mean moves too: N/(N − 1) as much of it goes.
      const weight = n / (n - 1) ** 2;
      const white = row(z, k).map((value) => value * value);
      const first = white.reduce((sum, value, j) => sum + basis.roots[j]! * value, 0);
      const own = whole - (await rootsWithout(k, weight)) - (first * weight) / 2;
      const length = row(centred, k).reduce((sum, value) => sum + value * value, 0);
      const expected = length + 2 * n ** 2 * own - first / 2;
      expect(found.byRow.diagonal[k]! / expected).toBeCloseTo(1, 6);
      // For a row like the others that is h(x, x) of the kernel, but for a constant and 1/N.
      const constant = whole / 4;
      expect(Math.abs(expected / (h(k, k) - constant) - 1)).toBeLessThan(0.6);
    }
  });

  it('have a stretch that is 1 far beyond the spectrum, and the furthest row by name', () => {
    expect(found.leverages!.stretch.at(-1)).toBeCloseTo(1, 4);
    const lengths = rows.map((k) => row(z, k).reduce((sum, value) => sum + value * value, 0));
    expect(found.far[0]!.row).toBe(lengths.indexOf(Math.max(...lengths)));
  });

  it('have the mean of ψ h ψ along their influences', () => {
    const { influence } = found.byRow;
    let total = 0;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) total += (influence[a]! * h(a, b) * influence[b]!) / n ** 2;
    }
    expect(kernelAlong(basis.roots, found.along) / total).toBeCloseTo(1, 10);
  });

  it('have the mean of h(x, y)²', () => {
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
    const others = psi.map((value, k) => value - (2 / n) * found.byRow.diagonal[k]!);
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
