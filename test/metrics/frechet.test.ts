import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnMeans } from '../../src/linalg/contrasts.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { distanceOfMoments, distanceOfRows, type Geometry } from '../../src/metrics/frechet.ts';
import {
  featureGeometry,
  referenceOfRows,
  referenceOfStatistics,
} from '../../src/metrics/reference.ts';
import { plainMoments } from '../linalg/plain.ts';
import { randomRows } from './gaussians.ts';

const algebra = fastAlgebra(1);

const byRows = (geometry: Geometry, z: Matrix) =>
  distanceOfRows(geometry, z, columnMeans(z), algebra);

function byCovariance(geometry: Geometry, z: Matrix) {
  const { mean, covariance } = plainMoments(z);
  const d = z.columns;
  return distanceOfMoments(
    geometry,
    { mean, covariance: { data: covariance, rows: d, columns: d } },
    algebra,
  );
}

/** z = x − m for rows of one distribution, and the geometry of another. */
async function pair(m: number, n: number, d: number, seed: number) {
  const reference = await referenceOfStatistics(plainMoments(randomRows(m, d, seed, 'm')), algebra);
  return { geometry: featureGeometry(reference), z: randomRows(n, d, seed, 'n') };
}

describe('distanceOfRows', () => {
  it('equals the covariance form, for fewer rows than dimensions and for more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 15 }),
        fc.nat(),
        async (n, d, seed) => {
          const { geometry, z } = await pair(40, n, d, seed);
          const [rows, covariance] = [await byRows(geometry, z), await byCovariance(geometry, z)];
          expect(Math.abs(rows.meanTerm - covariance.meanTerm)).toBeLessThan(1e-12);
          expect(Math.abs(rows.traceGenerated - covariance.traceGenerated)).toBeLessThan(1e-12);
          // The covariance form has zero eigenvalues below full rank: 1e-16 has the root 1e-8.
          const bound = n > d ? 1e-12 : 1e-6;
          expect(Math.abs(rows.traceSqrt - covariance.traceSqrt)).toBeLessThan(bound);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order of the rows', async () => {
    for (const n of [7, 30]) {
      const { geometry, z } = await pair(40, n, 12, 1);
      const reversed = z.data.slice();
      for (let i = 0; i < n; i++) {
        reversed.set(z.data.subarray(i * 12, (i + 1) * 12), (n - 1 - i) * 12);
      }
      const plain = await byRows(geometry, z);
      const other = await byRows(geometry, { ...z, data: reversed });
      expect(Math.abs(other.distance / plain.distance - 1)).toBeLessThan(1e-12);
    }
  });

  it('is zero for the rows of the reference itself, of deficient and of full rank', async () => {
    for (const [rows, d] of [
      [2, 9],
      [9, 9],
      [10, 9],
    ] as const) {
      const x = randomRows(rows, d, 'itself');
      const reference = referenceOfRows(x);
      const data = x.data.map((value, k) => value - reference.mean[k % d]!);
      const { distance } = await byRows(featureGeometry(reference), { ...x, data });
      expect(Math.abs(distance)).toBeLessThan(1e-13);
    }
  });

  it('takes a reference without any variance', async () => {
    const reference = await referenceOfStatistics(
      { mean: new Float64Array(3), covariance: new Float64Array(9) },
      algebra,
    );
    const z = randomRows(5, 3, 'still');
    const terms = await byRows(featureGeometry(reference), z);
    expect(terms).toMatchObject({ traceReference: 0, traceSqrt: 0 });
    expect(terms.distance).toBe(terms.meanTerm + terms.traceGenerated);
    expect((await byCovariance(featureGeometry(reference), z)).traceSqrt).toBe(0);
  });

  it('gives the same of a surrogate’s white z as of the features that they stand for', async () => {
    // x = offset + z · diag: the same rows, seen through two geometries.
    const d = 6;
    const scale = Float64Array.from({ length: d }, (_, i) => 1 / (1 + i));
    const offset = Float64Array.from({ length: d }, (_, i) => i / 7);
    const variances = scale.map((value) => value * 1.5);
    const z = randomRows(30, d, 'white');
    const covariance = new Float64Array(d * d);
    for (let i = 0; i < d; i++) covariance[i * d + i] = variances[i]!;
    const plain = featureGeometry(
      await referenceOfStatistics({ mean: new Float64Array(d), covariance }, algebra),
    );
    const surrogate: Geometry = {
      dimension: d,
      offset,
      map: { kind: 'diagonal', values: scale },
      whitened: {
        kind: 'diagonal',
        values: scale.map((value, i) => value * Math.sqrt(variances[i]!)),
      },
      traceReference: plain.traceReference,
    };
    const x = { ...z, data: z.data.map((value, k) => offset[k % d]! + value * scale[k % d]!) };
    for (const distance of [byRows, byCovariance]) {
      const [one, two] = [await distance(surrogate, z), await distance(plain, x)];
      expect(Math.abs(one.distance - two.distance)).toBeLessThan(1e-13);
      expect(Math.abs(one.meanTerm - two.meanTerm)).toBeLessThan(1e-14);
    }
  });
});
