import { describe, expect, it } from 'vitest';
import { averaged, comparison } from '../../../src/studies/practice/checks.ts';
import { withRolesExchanged, worseModel } from '../../../src/studies/practice/models.ts';
import { algebra, small } from '../cause/small.ts';

describe('comparison', () => {
  it('counts wrong orders and takes the bias of the difference draw by draw', () => {
    const models = { setting: 's', better: [5, 6, 7], worse: [6, 6, 9] };
    const [difference, bias, wrong] = comparison('a', models, 0.5);
    expect(difference).toMatchObject({ value: 1, draws: 3 });
    expect(difference!.mcse).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(bias).toMatchObject({ value: 0.5 });
    expect(wrong).toMatchObject({ value: 1 / 3, mcse: null });
  });

  it('has no Monte-Carlo error for one draw', () => {
    const row = averaged({ advice: 'a', setting: 's', measure: 'bias' }, [4]);
    expect(row).toEqual({
      advice: 'a',
      setting: 's',
      measure: 'bias',
      value: 4,
      mcse: null,
      draws: 1,
    });
  });
});

describe('models', () => {
  it('are worse by the factor that was asked for', async () => {
    const worse = await worseModel(small, 1.25, algebra);
    expect(worse.population.distance).toBeCloseTo(1.25 * small.population.distance, 10);
    await expect(
      worseModel(
        { ...small, definition: { ...small.definition, generated: { kind: 'same' } } },
        2,
        algebra,
      ),
    ).rejects.toThrow(/not defined by its mean and covariance/);
  });

  it('with roles exchanged have the same distance, and the other trace', async () => {
    const { population } = await withRolesExchanged(small, algebra);
    expect(population.distance).toBeCloseTo(small.population.distance, 12);
    expect(population.traceGenerated).toBeCloseTo(small.population.traceReference, 12);
    expect(population.traceReference).toBeCloseTo(small.population.traceGenerated, 12);
  });
});
