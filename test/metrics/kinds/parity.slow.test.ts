import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openNpyRows } from '../../../src/arrays/npy-file.ts';
import { inceptionScoreOf } from '../../../src/metrics/kinds/inception-score.ts';
import { mindOf } from '../../../src/metrics/kinds/mind.ts';
import { rowsInMemory, type Sample } from '../../../src/metrics/sample.ts';
import { FEATURES, golden, goldenRows, lacksGolden } from '../../golden.ts';
import { context, metricOf, sampleFrom } from './samples.ts';

const VALUES = 'metric-values.json';

interface Case {
  readonly precision_k3: number;
  readonly recall_k3: number;
  readonly prdc_k5: { readonly density: number; readonly coverage: number };
  readonly cmmd: number;
  readonly vendi: number;
  readonly authpct: number;
  readonly mind?: number;
  readonly kid_full_equal_n?: number;
}

describe.skipIf(lacksGolden(VALUES, FEATURES, 'mind-directions.npy'))('on real features', () => {
  const values = () => JSON.parse(readFileSync(golden(VALUES), 'utf8'));
  const shifted = (start: number, end: number): Sample => {
    const matrix = goldenRows(start, end);
    const [scale, offset] = [Math.fround(0.97), Math.fround(0.01)];
    const data = matrix.data.map((value) => Math.fround(Math.fround(value * scale) + offset));
    return sampleFrom({ ...matrix, data });
  };
  const sets: Record<string, () => [draw: Sample, reference: Sample]> = {
    'halves-3000': () => [sampleFrom(goldenRows(5000, 8000)), sampleFrom(goldenRows(0, 3000))],
    unequal: () => [sampleFrom(goldenRows(5000, 6500)), sampleFrom(goldenRows(0, 3000))],
    shifted: () => [shifted(5000, 7000), sampleFrom(goldenRows(0, 2000))],
  };

  it.each(Object.keys(sets))(
    'every metric of %s is that of the other tools',
    async (name) => {
      const theirs: Case = values().cases[name];
      const [draw, reference] = sets[name]!();
      const ours = async (metric: string) => metricOf(metric, draw, reference);
      // Their distances are float32: a row or two of thousands may fall the other way.
      const share = 2 / Math.min(draw.rows, reference.rows);
      const within = (value: number, other: number, most: number) =>
        expect(Math.abs(value - other)).toBeLessThanOrEqual(most);
      within(await ours('precision'), theirs.precision_k3, share);
      within(await ours('recall'), theirs.recall_k3, share);
      within(await ours('density'), theirs.prdc_k5.density, share);
      within(await ours('coverage'), theirs.prdc_k5.coverage, share);
      within(await ours('authpct'), theirs.authpct, 100 * share);
      within(await ours('cmmd'), theirs.cmmd, 1e-6 * theirs.cmmd);
      within(await ours('vendi'), theirs.vendi, 1e-6 * theirs.vendi);
      if (theirs.kid_full_equal_n !== undefined) {
        // Theirs is of pairs (i, j), i ≠ j, within the sets and of all pairs across.
        within(await ours('kid'), theirs.kid_full_equal_n, 1e-6 * theirs.kid_full_equal_n);
      }
      if (theirs.mind !== undefined) {
        const file = openNpyRows(golden('mind-directions.npy'));
        const data = new Float32Array(file.rows * file.dimension);
        file.readBlock(0, file.rows, data);
        file.close();
        const directions = { data, rows: file.rows, columns: file.dimension };
        const value = await mindOf(draw, reference, directions, context.algebra);
        within(value, theirs.mind, 1e-6 * theirs.mind);
      }
    },
    120_000,
  );

  it('the Inception Score is that of torch-fidelity', () => {
    const { inception_score: score } = values();
    const file = openNpyRows(golden(score.logits));
    const data = new Float32Array(file.rows * file.dimension);
    file.readBlock(0, file.rows, data);
    file.close();
    const logits = rowsInMemory(data, file.rows, file.dimension);
    for (const splits of [1, 10]) {
      const { inception_score_mean: mean, inception_score_std: sd } = score[`splits_${splits}`];
      const ours = inceptionScoreOf(logits, splits);
      expect(Math.abs(ours.mean - mean)).toBeLessThan(1e-6 * mean);
      expect(Math.abs(ours.sd - sd)).toBeLessThan(1e-6);
    }
  });
});
