import { afterAll, expect, it } from 'vitest';
import { columnMeans } from '../../src/linalg/contrasts.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { type Precision, Scatter } from '../../src/linalg/scatter.ts';
import { subtractRow } from '../../src/metrics/features.ts';
import { distanceOfMoments } from '../../src/metrics/frechet.ts';
import { featureGeometry, referenceOfStatistics } from '../../src/metrics/reference.ts';
import { FEATURES, goldenRows, lacksGolden } from '../golden.ts';

const DIMENSION = 2048;
const HALF = 5000;
const algebra = fastAlgebra(1);
afterAll(() => algebra.gemm.close());

it.skipIf(lacksGolden(FEATURES))(
  'moves the FID of real features by less than 1e-6 of itself in single precision',
  async () => {
    const all = goldenRows(0, 2 * HALF).data;
    const [real, generated] = [all.subarray(0, HALF * DIMENSION), all.subarray(HALF * DIMENSION)];
    const mean = columnMeans({ data: real, rows: HALF, columns: DIMENSION });
    subtractRow(real, mean, HALF);
    subtractRow(generated, mean, HALF);
    const momentsOf = async (rows: Float64Array, count: number, precision: Precision) => {
      const scatter = new Scatter(DIMENSION, algebra.gemm, precision);
      await scatter.add(rows, count);
      return scatter.moments();
    };
    const { covariance } = await momentsOf(real, HALF, 'double');
    const reference = await referenceOfStatistics({ mean, covariance: covariance.data }, algebra);
    // All of the other half, and hardly more rows than dimensions.
    for (const count of [HALF, 2100]) {
      const [double, single] = [
        await momentsOf(generated, count, 'double'),
        await momentsOf(generated, count, 'single'),
      ];
      expect(single.covariance.data).not.toEqual(double.covariance.data);
      const exact = await distanceOfMoments(featureGeometry(reference), double, algebra);
      const rounded = await distanceOfMoments(featureGeometry(reference), single, algebra);
      expect(Math.abs(rounded.distance / exact.distance - 1)).toBeLessThan(1e-6);
    }
  },
);
