import { describe, expect, it } from 'vitest';
import { estimatorsNamed } from '../../src/estimators/registry.ts';
import { estimatePool } from '../../src/estimators/run.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { referenceOfFeatures } from '../../src/metrics/features.ts';
import { mechanism } from '../../src/studies/bake-off/mechanisms.ts';

const algebra = fastAlgebra(1);
const d = 12;
const { draw, drawReference } = await mechanism('student-t', false, d, algebra);
const estimators = estimatorsNamed(['plug-in', 'jackknife-both']);
const [generated, real] = [draw(90, ['both']), drawReference(120, ['both'])];

const run = async (pool: typeof real, reference: typeof real, hasRows = true) =>
  estimatePool(pool, await referenceOfFeatures(reference, algebra), {
    estimators,
    seed: null,
    algebra,
    referenceRows: reference.rows,
    ...(hasRows && { referenceFeatures: reference }),
  });

describe('the jackknife of both sides', () => {
  it('is the same with the sides exchanged, for FID is symmetric', async () => {
    const [there, back] = [await run(generated, real), await run(real, generated)];
    const [a, b] = [there.estimates[1]!, back.estimates[1]!];
    expect(a.estimate).toBeCloseTo(b.estimate, 9);
    expect(a.se).toBeCloseTo(b.se!, 9);
    expect(a.constant!.value / 90).toBeCloseTo(b.referenceBias, 9);
  });

  it('takes the bias of both sides away', async () => {
    const [plugIn, both] = (await run(generated, real)).estimates;
    const bias = both!.constant!.value / 90 + both!.referenceBias;
    expect(both!.estimate).toBeCloseTo(plugIn!.estimate - bias, 10);
    expect(both!.referenceBias).toBeGreaterThan(0);
  });

  it('fails without the reference’s rows, and says so', async () => {
    const { failures } = await run(generated, real, false);
    expect(failures.map(({ error }) => error.message).join()).toContain(
      'jackknife-both needs the reference',
    );
  });
});
