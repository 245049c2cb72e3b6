import { describe, expect, it } from 'vitest';
import { PARTS, partsOf, subsetError } from '../../src/answers/metrics/subset-error.ts';
import { metrics } from '../../src/metrics/registry.ts';
import { context, normals } from '../metrics/kinds/samples.ts';

/** Fresh pairs of sets, images of each, and dimensions. */
const [PAIRS, ROWS, DIMENSION] = [40, 400, 8];

describe('the error from parts of both sets', () => {
  it.each(
    metrics.filter(({ needs }) => needs.every((need) => need === 'rows' || need === 'moments')),
  )(
    'of $name is that of fresh sets, within a factor of 2',
    async (metric) => {
      const values: number[] = [];
      let errors = 0;
      for (let i = 0; i < PAIRS; i++) {
        const draw = normals(ROWS, DIMENSION, `y${i}`, 0.7);
        const reference = normals(ROWS, DIMENSION, `x${i}`);
        values.push(await metric.value(draw, reference, context));
        const se = await subsetError(metric, partsOf(draw, reference, i), context);
        errors += se! ** 2 / PAIRS;
      }
      const mean = values.reduce((sum, value) => sum + value / PAIRS, 0);
      const sd = Math.sqrt(
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (PAIRS - 1),
      );
      const ratio = Math.sqrt(errors) / sd;
      console.log(`${metric.name}: error of parts / SD of fresh sets = ${ratio.toFixed(2)}`);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    },
    120_000,
  );

  it('is none with fewer images than parts, or parts too small for the metric', async () => {
    const [few, many] = [normals(PARTS - 1, 3, 'a'), normals(100, 3, 'b')];
    expect(partsOf(few, many, 0)).toBeNull();
    const coverage = metrics.find(({ name }) => name === 'coverage')!;
    const parts = partsOf(normals(40, 3, 'c'), many, 0);
    expect(await subsetError(coverage, parts, context)).toBeNull();
  });
});
