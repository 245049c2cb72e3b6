import { expect, it } from 'vitest';
import { KeptRows } from '../../src/draws/kept-rows.ts';
import { columnMeans } from '../../src/linalg/contrasts.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { referenceOfFeatures } from '../../src/metrics/features.ts';
import { distanceOfRows, type Geometry } from '../../src/metrics/frechet.ts';
import { featureGeometry } from '../../src/metrics/reference.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { randomRows } from '../metrics/gaussians.ts';
import { surrogateJob } from './jobs.ts';

const algebra = sharedAlgebra();
const d = 300;

async function geometries(): Promise<[string, Geometry][]> {
  const reference = async (rows: number) =>
    featureGeometry(await referenceOfFeatures(featuresOf(randomRows(rows, d, 'real')), algebra));
  return [
    ['a reference of full rank', await reference(2 * d)],
    ['one of few rows', await reference(40)],
    ['a surrogate', (await surrogateJob(d)).source.geometry],
  ];
}

it('gives the FID of its first rows as from these alone, mapped once for all', async () => {
  const z = randomRows(d, d, 'generated');
  for (const [, geometry] of await geometries()) {
    const kept = new KeptRows(geometry, 280, algebra);
    let start = 0;
    // Rows beyond the capacity are of no Gram draw.
    for (const end of [2, 100, 280, 300]) {
      await kept.add(z.data.subarray(start * d), end - start);
      start = end;
    }
    for (const rows of [2, 3, 100, 280]) {
      const alone = { data: z.data.subarray(0, rows * d), rows, columns: d };
      const expected = await distanceOfRows(geometry, alone, columnMeans(alone), algebra);
      const found = await kept.distance(rows);
      expect(Math.abs(found.distance / expected.distance - 1)).toBeLessThan(64 * d * 2 ** -52);
      expect(found.meanTerm).toBe(expected.meanTerm);
      expect(found.traceGenerated).toBe(expected.traceGenerated);
    }
  }
});
