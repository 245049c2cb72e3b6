import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { float16Values } from '../../src/arrays/dtype.ts';
import { columnMeans } from '../../src/linalg/contrasts.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { type Precision, Scatter } from '../../src/linalg/scatter.ts';
import { subtractRow } from '../../src/metrics/features.ts';
import { distanceOfMoments } from '../../src/metrics/frechet.ts';
import { featureGeometry, referenceOfStatistics } from '../../src/metrics/reference.ts';

const DIMENSION = 2048;
const HALF = 5000;
const algebra = fastAlgebra(1);
afterAll(() => algebra.gemm.close());

const golden = new URL('../../../shared/golden/cifar10-test-features.npy.gz', import.meta.url);

/** Rows of the golden features, float64; the file's header is 128 bytes long. */
function goldenRows(): Float64Array {
  const bytes = new Uint8Array(gunzipSync(readFileSync(golden)));
  const values = float16Values();
  return Float64Array.from(new Uint16Array(bytes.buffer, 128), (half) => values[half]!);
}

const there = existsSync(golden);
if (!there) console.log('skipped: the golden features are not in ../shared');

it.skipIf(!there)(
  'moves the FID of real features by less than 1e-6 of itself in single precision',
  async () => {
    const all = goldenRows();
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
    const reference = referenceOfStatistics({ mean, covariance: covariance.data }, algebra);
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
