import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { chooseEstimand, requireEstimand } from '../../src/sweep/estimand.ts';
import { fitInverseSize } from '../../src/sweep/fit.ts';
import type { SweepInputs } from '../../src/sweep/inputs.ts';
import { parseSettings, type SweepInput } from '../../src/sweep/settings.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { estimateRow } from './rows.ts';
import { poolInputsOf, smallInputs } from './small.ts';

const folder = temporaryFolder();
// 4 + 60/N exactly, but for the seeds' own ±0.1.
const rows = [30, 60, 120].flatMap((size) => [
  estimateRow(1, size, 4 + 60 / size - 0.1),
  estimateRow(2, size, 4 + 60 / size + 0.1),
]);
const whole = estimateRow(1, 200, 4.4);

function choose(kind: SweepInput['estimand'], inputs: SweepInputs, draws = rows) {
  const fit = fitInverseSize(draws, inputs.dimension, inputs.pool);
  return chooseEstimand({ estimand: kind ?? 'auto' }, inputs, draws, fit);
}

describe('chooseEstimand', () => {
  it('is the FID between the populations where that is known', async () => {
    const inputs = await smallInputs();
    for (const kind of ['auto', 'population'] as const) {
      const estimand = choose(kind, inputs)!;
      expect(estimand).toMatchObject({ kind: 'population', se: 0 });
      expect(estimand.value).toBeCloseTo(0.2, 14);
      expect(estimand.description).toBe('FID between the two populations, in closed form: 0.200');
    }
  });

  it('is the intercept on 1/N of a pool, with its standard error over seeds', async () => {
    const inputs = await poolInputsOf(folder, 200);
    for (const kind of ['auto', 'intercept'] as const) {
      const estimand = choose(kind, inputs, [...rows, whole])!;
      expect(estimand.kind).toBe('intercept');
      expect(estimand.value).toBeCloseTo(4, 12);
      // Two seeds, 0.2 apart: s = 0.2/√2, and √2 of them make the mean.
      expect(estimand.se).toBeCloseTo(0.1, 12);
      expect(estimand.description).toBe(
        'intercept of FID on 1/N against 100 references, fitted at N = 30, 60, 120',
      );
    }
  });

  it('can be the intercept of a surrogate too, when asked for', async () => {
    expect(choose('intercept', await smallInputs())).toMatchObject({ kind: 'intercept' });
  });

  it('is the FID of the whole pool when asked for, and says that it is biased itself', async () => {
    const estimand = choose('pool', await poolInputsOf(folder, 200), [...rows, whole]);
    expect(estimand).toEqual({
      value: 4.4,
      se: 0,
      kind: 'pool',
      size: 200,
      description: 'FID of the whole pool, N = 200 against 100 references; itself biased high',
    });
  });

  it('falls back to the mean of the largest draws where there is no line', async () => {
    const draws = [estimateRow(1, 60, 5), estimateRow(2, 60, 7), estimateRow(3, 60, null)];
    const estimand = choose('auto', await poolInputsOf(folder, 200), draws);
    expect(estimand).toMatchObject({ value: 6, kind: 'pool' });
    expect(estimand!.description).toContain('FID of the largest draws, N = 60');
  });

  it('takes the largest size at which a draw succeeded', async () => {
    const draws = [...rows, estimateRow(1, 200, null)];
    expect(choose('pool', await poolInputsOf(folder, 200), draws)!.value).toBeCloseTo(4.5, 12);
  });

  it('is null without draws, and refuses an intercept if failed draws leave no line', async () => {
    const inputs = await poolInputsOf(folder, 200);
    const failed = [estimateRow(1, 30, null), estimateRow(1, 60, null)];
    expect(choose('auto', inputs, failed)).toBeNull();
    expect(() => choose('intercept', inputs, failed)).toThrow(StudyError);
  });
});

describe('requireEstimand', () => {
  const check = (input: SweepInput, inputs: SweepInputs) => () =>
    requireEstimand(parseSettings(input), inputs);

  it('refuses the population of real features', async () => {
    const input: SweepInput = { estimand: 'population', sizes: [10, 20] };
    const inputs = await poolInputsOf(folder, 200);
    expect(check(input, inputs)).toThrow('the population behind real features is unknown');
    expect(check(input, await smallInputs())).not.toThrow();
  });

  it('refuses an intercept of fewer than two sizes, not counting the one draw of the whole pool', async () => {
    const inputs = await poolInputsOf(folder, 200);
    const of = (sizes: number[], replacement = false) =>
      check({ estimand: 'intercept', sizes, replacement }, inputs);
    expect(of([10, 20])).not.toThrow();
    expect(of([10])).toThrow('a line needs two sizes');
    expect(of([10, 200])).toThrow('a line needs two sizes');
    expect(of([10, 200], true)).not.toThrow();
  });
});
