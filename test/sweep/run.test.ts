import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/draws/engine.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import type { DrawOutcome } from '../../src/draws/outcome.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { drawName } from '../../src/sweep/design.ts';
import type { SweepInputs } from '../../src/sweep/inputs.ts';
import { runSweep, sweepIdentity } from '../../src/sweep/run.ts';
import { parseSettings, type SweepInput } from '../../src/sweep/settings.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { poolInputsOf, smallInputs } from './small.ts';

const folder = temporaryFolder();
const inline = inlineEngine(fastAlgebra(1));
const settings = (more: SweepInput = {}) =>
  parseSettings({ sizes: [10, 50, 300], seeds: 3, ...more });

/** An engine that notes which draws it makes, in order, and can fail some of them. */
function watched(fails: (draw: DrawOutcome) => boolean = () => false) {
  const draws: string[] = [];
  const engine: Engine = {
    run: (job, units, onOutcome, signal) =>
      inline.run(
        job,
        units,
        (outcome) => {
          draws.push(drawName(outcome));
          return onOutcome(fails(outcome) ? { ...outcome, terms: null, error: 'no' } : outcome);
        },
        signal,
      ),
  };
  return { engine, draws };
}

const untimed = <Row extends { seconds: number | null }>(rows: readonly Row[]) =>
  rows.map((row) => ({ ...row, seconds: null }));

describe('runSweep', () => {
  it('gives one row per draw, by size and then in the order of the seeds, whose terms add up', async () => {
    const order = settings({ seeds: [7, 2, 5] });
    const { estimates, experiment } = await runSweep(order, await smallInputs(), {
      engine: inline,
    });
    expect(experiment).toBe('small');
    expect(estimates.map(drawName)).toEqual([
      '7/10',
      '2/10',
      '5/10',
      '7/50',
      '2/50',
      '5/50',
      '7/300',
      '2/300',
      '5/300',
    ]);
    for (const row of estimates) {
      expect(row).toMatchObject({
        experiment: 'small',
        source: 'small',
        pool: null,
        replacement: false,
        method: 'plug-in',
        status: 'ok',
        error: null,
      });
      const { mean_term, trace_reference, trace_generated, trace_sqrt, estimate } = row;
      const total = mean_term! + trace_reference! + trace_generated! - 2 * trace_sqrt!;
      expect(Math.abs(total - estimate!)).toBeLessThan(1e-14);
    }
  });

  it('measures them against the estimand, and fits the line', async () => {
    const result = await runSweep(settings({ experiment: 'mine' }), await smallInputs(), {
      engine: inline,
    });
    expect(result.estimand).toMatchObject({ kind: 'population' });
    const { performance, estimates, fit } = result;
    expect(new Set(performance.map((row) => row.experiment))).toEqual(new Set(['mine']));
    const values = estimates.filter(({ size }) => size === 50).map((row) => row.estimate!);
    const bias = performance.find((row) => row.size === 50 && row.measure === 'bias')!;
    const mean = (values[0]! + values[1]! + values[2]!) / 3;
    expect(bias.value).toBeCloseTo(mean - result.estimand!.value, 12);
    expect(bias).toMatchObject({ n_draws: 3, n_failed: 0 });
    // Sizes below 2 d = 24 bend away from the line.
    expect(fit!.sizes).toEqual([50, 300]);
    expect(result.summary).toMatch(/^at 10 images this FID is .* too high/);
  });

  it('keeps failed draws as rows, and tries them again the next time', async () => {
    const [inputs, out] = [await smallInputs(), join(folder, 'failed')];
    const { engine } = watched(({ seed, size }) => seed === 2 && size === 50);
    const first = await runSweep(settings(), inputs, { engine, folder: out });
    const row = first.estimates.find(({ seed, size }) => seed === 2 && size === 50);
    expect(row).toMatchObject({ estimate: null, trace_sqrt: null, status: 'failed', error: 'no' });
    const counts = first.performance.filter(({ size }) => size === 50);
    for (const { n_draws, n_failed } of counts) expect([n_draws, n_failed]).toEqual([2, 1]);

    const again = watched();
    const second = await runSweep(settings(), inputs, { engine: again.engine, folder: out });
    expect(again.draws).toEqual(['2/50']);
    const whole = await runSweep(settings(), inputs, { engine: inline });
    expect(untimed(second.estimates)).toEqual(untimed(whole.estimates));
    expect(second.performance).toEqual(whole.performance);
  });

  it('has rows but no measures where every draw failed', async () => {
    const { engine } = watched(() => true);
    const inputs = await poolInputsOf(folder, 400);
    const result = await runSweep(settings(), inputs, { engine });
    expect(result.estimates).toHaveLength(9);
    expect(result).toMatchObject({
      performance: [],
      estimand: null,
      fit: null,
      summary: 'no draw succeeded',
    });
  });

  it('goes on after it was aborted, with the same bits as one that never was', async () => {
    for (const nested of [true, false]) {
      const [inputs, out] = [await smallInputs(), join(folder, `aborted-${nested}`)];
      const controller = new AbortController();
      const reason = new Error('enough');
      let draws = 0;
      const first = runSweep(settings({ nested }), inputs, {
        engine: inline,
        folder: out,
        signal: controller.signal,
        onProgress() {
          // Progress is told once before the first draw.
          if (++draws === 5) controller.abort(reason);
        },
      });
      await expect(first).rejects.toBe(reason);
      const rest = watched();
      const second = await runSweep(settings({ nested }), inputs, {
        engine: rest.engine,
        folder: out,
      });
      expect(rest.draws).toHaveLength(5);
      const whole = await runSweep(settings({ nested }), inputs, { engine: inline });
      expect(untimed(second.estimates)).toEqual(untimed(whole.estimates));
    }
  });

  it('makes only the draws of new seeds when it is given more of them', async () => {
    const [inputs, out] = [await poolInputsOf(folder, 300), join(folder, 'more')];
    await runSweep(settings(), inputs, { engine: inline, folder: out });
    const more = watched();
    const { estimates } = await runSweep(settings({ seeds: 5 }), inputs, {
      engine: more.engine,
      folder: out,
    });
    expect(more.draws).toEqual(['4/10', '4/50', '5/10', '5/50']);
    expect(estimates).toHaveLength(11);
    const whole = await runSweep(settings({ seeds: 5 }), inputs, { engine: inline });
    expect(untimed(estimates)).toEqual(untimed(whole.estimates));
  });

  it('draws a whole pool once without replacement, and every time with it', async () => {
    const inputs = await poolInputsOf(folder, 300);
    const of = async (replacement: boolean) =>
      (await runSweep(settings({ replacement }), inputs, { engine: inline })).estimates
        .filter(({ size }) => size === 300)
        .map(({ estimate }) => estimate);
    expect(await of(false)).toHaveLength(1);
    expect(new Set(await of(true)).size).toBe(3);
  });

  it('estimates the bias of a pool that has no line to show it, and calls no FID unbiased', async () => {
    const inputs = await poolInputsOf(folder, 400);
    const run = (more: SweepInput) => runSweep(settings(more), inputs, { engine: inline });
    const { fit } = await run({ sizes: [50, 100, 200], seeds: 20 });
    for (const seeds of [1, 3]) {
      const { performance, estimand, summary, notes } = await run({ sizes: [50], seeds });
      expect(estimand).toMatchObject({ kind: 'pool', size: 50 });
      // Gaussian features: what the constant of the spectrum is right for, but for a tenth or so.
      // With what the 100 references add.
      const expected = fit!.slope * (1 / 50 + 1 / 100);
      expect(estimand!.bias! / expected).toBeGreaterThan(0.75);
      expect(estimand!.bias! / expected).toBeLessThan(1.3);
      for (const measure of ['bias', 'mse', 'rmse']) {
        expect(performance.find((row) => row.measure === measure)).toMatchObject({ value: null });
      }
      expect(summary).toMatch(
        /^at 50 images this FID is [\d.]+, of which about [\d.]+ is bias; one/,
      );
      expect(estimand!.description).toMatch(
        /biased high by about [\d.]+ \(C\/N \+ C\/M, for Gaussian features\)$/,
      );
      expect(notes[0]).toMatch(
        /^the reference has only 100 images: their bias .* by about [\d.]+ \(included in the bias at N = 50\)$/,
      );
    }
    const two = await run({ sizes: [50, 400] });
    expect(two.estimand).toMatchObject({ kind: 'pool', size: 400 });
    expect(two.estimand!.bias! / (fit!.slope * (1 / 400 + 1 / 100))).toBeGreaterThan(0.75);
    expect(two.summary).toMatch(
      /^at 50 images this FID is [\d.]+ higher than at 400; .*at 400 it is itself about [\d.]+ too high/,
    );
    const asked = await run({ estimand: 'pool', sizes: [50, 100, 400] });
    expect(asked.estimand!.bias).toBeCloseTo(asked.fit!.slope * (1 / 400 + 1 / 100), 12);
    expect(asked.estimand!.description).toContain('(C/N + C/M, slope of the line)');
    for (const { summary } of [two, asked]) expect(summary).not.toContain('unbiased');
  });

  it('estimates the least of a bias at no more images than features, and says why', async () => {
    const inputs = { ...(await poolInputsOf(folder, 400)), referenceSize: null };
    const of = (...sizes: number[]) => runSweep(settings({ sizes }), inputs, { engine: inline });
    const few = await of(12);
    expect(few.estimand).toMatchObject({ size: 12, isLeastBias: true });
    expect(few.summary).toMatch(
      /^at 12 images this FID is .*, of which at least about [\d.]+ is bias/,
    );
    expect(few.estimand!.description).toMatch(/at least about [\d.]+ \(C\/N, for Gaussian/);
    expect(few.notes.join()).toContain(
      '12 images do not exceed the 12 features: C from their spectrum is too small',
    );
    const enough = await of(200);
    expect(few.estimand!.bias! * 12).toBeLessThan(enough.estimand!.bias! * 200);
    expect(enough.estimand!.isLeastBias).toBe(false);
    expect(enough.summary).toMatch(/, of which about [\d.]+ is bias/);
    expect(enough.notes.join()).not.toContain('too small, and the bias');
  });

  it('refuses sizes beyond the pool before it makes its folder, but not with replacement', async () => {
    const [inputs, out] = [await poolInputsOf(folder, 299), join(folder, 'beyond')];
    const run = (more: SweepInput) =>
      runSweep(settings(more), inputs, { engine: inline, folder: out });
    await expect(run({})).rejects.toThrow('size 300 is larger than the pool of 299 in pool');
    await expect(run({ sizes: [10, 50], estimand: 'population' })).rejects.toThrow('unknown');
    expect(existsSync(out)).toBe(false);
    expect((await run({ replacement: true })).estimates).toHaveLength(9);
  });

  it('counts progress in rows, from what was done before up to all', async () => {
    const seen: [number, number, string][] = [];
    await runSweep(settings({ sizes: [10, 50], seeds: 2 }), await smallInputs(), {
      engine: inline,
      onProgress: (...progress) => void seen.push(progress),
    });
    expect(seen[0]).toEqual([0, 120, '0 of 4 draws']);
    expect(seen.at(-1)).toEqual([120, 120, '4 of 4 draws']);
    expect(seen.map(([done]) => done)).toEqual([0, 10, 60, 70, 120]);
  });
});

describe('sweepIdentity', () => {
  const identity = (more: SweepInput, inputs: SweepInputs) => sweepIdentity(settings(more), inputs);

  it('is the same for whatever does not decide the value of a draw', async () => {
    const inputs = await smallInputs();
    const first = identity({}, inputs);
    for (const more of [
      { seeds: 100 },
      { experiment: 'other' },
      { header: { aims: 'others' } },
      { estimand: 'pool' as const },
      { timings: true },
      { sizes: [300, 10, 50] },
    ]) {
      expect(identity(more, inputs)).toBe(first);
    }
  });

  it('is another for whatever does', async () => {
    const inputs = await smallInputs();
    const identities = [
      identity({}, inputs),
      identity({ sizes: [10, 50] }, inputs),
      identity({ study_seed: 1 }, inputs),
      identity({ replacement: true }, inputs),
      identity({ nested: false }, inputs),
      identity({ exact_moments: true }, inputs),
      identity({}, await smallInputs(false, { dimension: 13 })),
      identity({}, await poolInputsOf(folder, 300)),
      identity({}, await poolInputsOf(folder, 299)),
    ];
    expect(new Set(identities).size).toBe(identities.length);
  });
});
