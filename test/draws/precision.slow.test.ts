import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { precisionOfPool } from '../../src/draws/precision.ts';
import type { DrawSpec } from '../../src/draws/spec.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { featureGeometry, referenceOfStatistics } from '../../src/metrics/reference.ts';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const DIMENSION = 512;
const algebra = fastAlgebra(1);
afterAll(() => algebra.gemm.close());

/** A pool of normals against the unit covariance; rows beyond the first `distinct` repeat these. */
async function poolOf(rows: number, distinct = rows): Promise<DrawSpec> {
  const path = join(folder, `${rows}-${distinct}.npy`);
  const values = new Float64Array(distinct * DIMENSION);
  normalSource(stream('precision', distinct)).fill(values);
  const block = Float32Array.from(values);
  await writeNpyRows(
    path,
    DIMENSION,
    Array.from({ length: rows / distinct }, () => block),
  );
  const covariance = new Float64Array(DIMENSION * DIMENSION);
  for (let i = 0; i < DIMENSION; i++) covariance[i * DIMENSION + i] = 1;
  const mean = new Float64Array(DIMENSION);
  const geometry = featureGeometry(await referenceOfStatistics({ mean, covariance }, algebra));
  return { geometry, rows: { kind: 'pool', path, rows, shift: mean } };
}

const sampling = { studySeed: 0, replacement: false, nested: true };

describe('the precision of a pool’s draws', () => {
  it('is single where its covariance has full rank', async () => {
    expect(await precisionOfPool(await poolOf(2000), sampling, [100, 1000], algebra)).toBe(
      'single',
    );
  });

  it('is double where few images repeat, so that zero eigenvalues stay zero', async () => {
    const source = await poolOf(2000, 200);
    expect(await precisionOfPool(source, sampling, [1000], algebra)).toBe('double');
    const replaced = { ...sampling, replacement: true };
    expect(await precisionOfPool(await poolOf(200), replaced, [1000], algebra)).toBe('double');
  });

  it('is double if no draw is computed through its covariance, or the pool cannot be read', async () => {
    const source = await poolOf(2000);
    expect(await precisionOfPool(source, sampling, [100, 512], algebra)).toBe('double');
    const few = await poolOf(600);
    expect(await precisionOfPool(few, sampling, [700], algebra)).toBe('double');
  });
});
