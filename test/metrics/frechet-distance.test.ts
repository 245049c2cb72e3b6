import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { FEATURES, goldenRows, lacksGolden } from '../golden.ts';
import { plainAlgebra, plainMoments } from '../linalg/plain.ts';
import { diagonalStatistics, randomRotation, randomStatistics, rotated } from './gaussians.ts';

const distanceOf = async (...sides: Parameters<typeof frechetDistance>) =>
  (await frechetDistance(...sides)).distance;

const dimension = fc.integer({ min: 1, max: 12 });
const seed = fc.integer({ min: 0, max: 1e6 });
// Fewer rows than dimensions leave a covariance singular.
const rows = fc.integer({ min: 2, max: 30 });

describe('frechetDistance', () => {
  it('is exactly d between means 0 and 1 with unit covariance, d = 2048', async () => {
    const d = 2048;
    const ones = new Float64Array(d).fill(1);
    const terms = await frechetDistance(
      diagonalStatistics(new Float64Array(d), ones),
      diagonalStatistics(ones, ones),
    );
    expect(Math.abs(terms.distance - d)).toBeLessThan(1e-10);
    expect(terms).toMatchObject({ meanTerm: d, traceReference: d, traceGenerated: d });
  });

  it('is the squared distance of the means where the covariances are the same', async () => {
    const { mean, covariance } = randomStatistics(20, 50, 'same');
    const shifted = mean.map((value, i) => value + i / 10);
    const { distance, meanTerm } = await frechetDistance(
      { mean, covariance },
      { mean: shifted, covariance },
    );
    const expected = shifted.reduce((sum, value, i) => sum + (value - mean[i]!) ** 2, 0);
    expect(Math.abs(meanTerm - expected)).toBeLessThan(1e-13);
    expect(Math.abs(distance - expected)).toBeLessThan(1e-12);
  });

  it('is (μ₁ − μ₂)² + (σ₁ − σ₂)² in one dimension', async () => {
    const spread = fc.double({ min: 0, max: 10, noNaN: true });
    const centre = fc.double({ min: -10, max: 10, noNaN: true });
    await fc.assert(
      fc.asyncProperty(centre, centre, spread, spread, async (m1, m2, s1, s2) => {
        const distance = await distanceOf(
          diagonalStatistics([m1], [s1 * s1]),
          diagonalStatistics([m2], [s2 * s2]),
        );
        expect(Math.abs(distance - (m1 - m2) ** 2 - (s1 - s2) ** 2)).toBeLessThan(1e-12);
      }),
    );
  });

  it('adds up coordinate by coordinate for diagonal covariances, variances of 0 included', async () => {
    const coordinate = fc.tuple(
      fc.integer({ min: -5, max: 5 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(coordinate, { minLength: 1, maxLength: 20 }), async (list) => {
        const zero = new Float64Array(list.length);
        const reference = list.map(([, q]) => q * q);
        const generated = list.map(([, , p]) => p * p);
        const distance = await distanceOf(
          diagonalStatistics(zero, reference),
          diagonalStatistics(
            list.map(([mean]) => mean),
            generated,
          ),
        );
        const expected = list.reduce((sum, [mean, q, p]) => sum + mean ** 2 + (q - p) ** 2, 0);
        expect(Math.abs(distance - expected)).toBeLessThan(1e-11);
      }),
    );
  });

  it('agrees with the plain reference', async () => {
    await fc.assert(
      fc.asyncProperty(dimension, rows, rows, seed, async (d, m, n, key) => {
        const a = randomStatistics(d, m, key, 'a');
        const b = randomStatistics(d, n, key, 'b');
        const [fast, plain] = [
          await frechetDistance(a, b),
          await frechetDistance(a, b, plainAlgebra),
        ];
        expect(fast.traceReference).toBe(plain.traceReference);
        expect(Math.abs(fast.meanTerm - plain.meanTerm)).toBeLessThan(1e-13);
        expect(Math.abs(fast.traceSqrt - plain.traceSqrt)).toBeLessThan(bound(m, n, d));
      }),
      { numRuns: 60 },
    );
  });

  it('is symmetric, not negative, and zero of a set with itself', async () => {
    await fc.assert(
      fc.asyncProperty(dimension, rows, rows, seed, async (d, m, n, key) => {
        const a = randomStatistics(d, m, key, 'a');
        const b = randomStatistics(d, n, key, 'b');
        const there = await distanceOf(a, b);
        expect(Math.abs(there - (await distanceOf(b, a)))).toBeLessThan(bound(m, n, d));
        expect(there).toBeGreaterThan(-bound(m, n, d));
        expect(Math.abs(await distanceOf(a, a))).toBeLessThan(1e-12);
      }),
      { numRuns: 60 },
    );
  });

  it('does not change under a shift or a rotation of both sides, and scales as a square', async () => {
    await fc.assert(
      fc.asyncProperty(dimension, seed, async (d, key) => {
        const a = randomStatistics(d, 30, key, 'a');
        const b = randomStatistics(d, 30, key, 'b');
        const plain = await distanceOf(a, b);
        const shift = ({ mean, covariance }: typeof a) => ({
          mean: mean.map((value) => value + 3),
          covariance,
        });
        expect(Math.abs((await distanceOf(shift(a), shift(b))) - plain)).toBeLessThan(1e-12);
        const r = randomRotation(d, key);
        const turned = await distanceOf(await rotated(a, r), await rotated(b, r));
        expect(Math.abs(turned - plain)).toBeLessThan(1e-11);
        const scale = ({ mean, covariance }: typeof a) => ({
          mean: mean.map((value) => value * 8),
          covariance: covariance.map((value) => value * 64),
        });
        expect(Math.abs((await distanceOf(scale(a), scale(b))) - 64 * plain)).toBeLessThan(1e-10);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses other dimensions, a covariance of another size, and numbers that are not finite', async () => {
    const two = diagonalStatistics([0, 0], [1, 1]);
    const three = diagonalStatistics([0, 0, 0], [1, 1, 1]);
    await expect(frechetDistance(two, three)).rejects.toThrow(
      'reference has 2 dimensions, generated 3',
    );
    await expect(frechetDistance(two, { ...two, mean: three.mean })).rejects.toThrow(
      'generated has a mean of 3 and a covariance of 4 numbers',
    );
    const bad = { ...two, covariance: Float64Array.of(1, 0, 0, Number.NaN) };
    await expect(frechetDistance(bad, two)).rejects.toThrow(
      'reference statistics hold NaN at position 3',
    );
    await expect(frechetDistance(bad, two)).rejects.toThrow(StudyError);
  });

  it.each([
    ['negated', [-1, 0, 0, -1]],
    ['of correlations beyond 1', [1, 2, 2, 1]],
    ['of one negative direction', [1, 0, 0, -0.01]],
  ])('refuses a covariance that is %s, on either side', async (_, covariance) => {
    const sound = diagonalStatistics([0, 0], [1, 2]);
    const bad = { ...sound, covariance: Float64Array.from(covariance) };
    await expect(frechetDistance(sound, bad)).rejects.toThrow(
      'the covariance of the generated set is not positive semidefinite',
    );
    await expect(frechetDistance(bad, sound)).rejects.toThrow('not positive semi-definite');
    await expect(frechetDistance(sound, bad)).rejects.toThrow(StudyError);
    await expect(frechetDistance(bad, sound)).rejects.toThrow(StudyError);
  });

  it('refuses a negative direction where the reference has little variance', async () => {
    // Whitened by the reference −0.05 is −5e-6, of a largest eigenvalue of 1: the FID was −0.0499.
    const variances = Array.from({ length: 40 }, (_, i) => 10 ** ((-4 * i) / 39));
    const zeros = variances.map(() => 0);
    const r = randomRotation(40, 7);
    const sound = await rotated(diagonalStatistics(zeros, variances), r);
    const bad = await rotated(diagonalStatistics(zeros, [...variances.slice(0, -1), -0.05]), r);
    await expect(frechetDistance(sound, bad)).rejects.toThrow(StudyError);
    await expect(frechetDistance(bad, sound)).rejects.toThrow(StudyError);
    const none = await rotated(diagonalStatistics(zeros, [...variances.slice(0, -1), -1e-12]), r);
    expect((await frechetDistance(sound, none)).distance).toBeLessThan(2e-4);
  });

  it('takes a set without variance, of which rounding leaves a little', async () => {
    const sound = await rotated(diagonalStatistics([0, 0, 0], [4, 1, 1]), randomRotation(3, 8));
    const noise = Float64Array.of(1e-17, -2e-17, 0, -2e-17, -1e-17, 1e-18, 0, 1e-18, 2e-18);
    const { distance } = await frechetDistance(sound, { ...sound, covariance: noise });
    expect(distance).toBeCloseTo(6, 6);
  });

  it('takes covariances without a direction in common, whatever rounding makes of them', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const r = randomRotation(4, seed);
      const first = await rotated(diagonalStatistics([0, 0, 0, 0], [1, 2, 0, 0]), r);
      const second = await rotated(diagonalStatistics([0, 0, 0, 0], [0, 0, 3, 0]), r);
      for (const sides of [[first, second] as const, [second, first] as const]) {
        expect(Math.abs((await distanceOf(...sides)) - 6)).toBeLessThan(1e-6);
      }
    }
  });

  it.skipIf(lacksGolden(FEATURES))(
    'takes float32 and float16 statistics of few real features, whose rank is deficient',
    async () => {
      const reference = plainMoments(goldenRows(0, 600, 128));
      for (const images of [2, 10, 100]) {
        const { mean, covariance } = plainMoments(goldenRows(1000, 1000 + images, 128));
        const generated = (round: (value: number) => number) => ({
          mean,
          covariance: covariance.map(round),
        });
        const exact = await distanceOf(
          reference,
          generated((value) => value),
        );
        const single = await distanceOf(reference, generated(Math.fround));
        expect(Math.abs(single / exact - 1)).toBeLessThan(1e-3);
        // To 11 bits, as float16 has.
        const half = await distanceOf(
          reference,
          generated((value) => {
            const large = value * 2 ** 13;
            return Math.fround(large + value) - Math.fround(large);
          }),
        );
        expect(Math.abs(half / exact - 1)).toBeLessThan(0.05);
      }
    },
  );
});

/**
 * A singular covariance has eigenvalues of rounding size, and the root of 1e-16 is 1e-8; only
 * features, not statistics, can avoid that.
 */
function bound(m: number, n: number, d: number): number {
  return Math.min(m, n) > d ? 1e-11 : 1e-6;
}
