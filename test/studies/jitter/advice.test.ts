import { describe, expect, it } from 'vitest';
import { adviceRows } from '../../../src/studies/jitter/advice.ts';
import { type Measures, measureNames } from '../../../src/studies/jitter/measures.ts';
import { jitterRows, type Measured } from '../../../src/studies/jitter/rows.ts';
import { factorChanges, measureChanges, variedIn } from '../../../src/studies/jitter/summary.ts';
import { BASELINE, type Variation } from '../../../src/studies/jitter/variations.ts';

const own: Measures = {
  ...(Object.fromEntries(measureNames.map((name) => [name, 0])) as Record<keyof Measures, number>),
  ...{ fid: 2, fid_one_side: 2, fid_reference: null, kid: 0.5, kid_one_side: 0.5 },
  ...{ psnr: 30, ssim: 0.9, lpips: null },
};

/** A variation that moves features and FID by a relative amount. */
function moved(variation: Partial<Variation>, by: number): Measured {
  const measures = { ...own, feature_relative_change: by, fid: 2 * (1 + by) };
  return { variation: { ...BASELINE, ...variation }, storage: 'float32', measures, error: null };
}

const rows = (...measured: Measured[]) => jitterRows('e', 8, measured, own);
const verdicts = (...measured: Measured[]) =>
  adviceRows('e', rows(...measured), [], 2).map(({ measured: value, verdict }) => [value, verdict]);

describe('the advice', () => {
  it('finds flags and batches of one idle where every bit is the same', () => {
    const [flags, batches] = verdicts(
      ...[moved({ run: 2 }, 0), moved({ workers: 2 }, 0), moved({ batch_size: 1 }, 0)],
    );
    expect(flags).toEqual([0, expect.stringContaining('nothing for a flag to mend')]);
    expect(batches).toEqual([0, expect.stringContaining('changes no bit')]);
  });

  it('asks for them where repeats differ', () => {
    const [flags, batches] = verdicts(moved({ run: 2 }, 1e-7), moved({ batch_size: 1 }, 1e-6));
    expect(flags).toEqual([1e-7, expect.stringContaining('set them')]);
    expect(batches).toEqual([1e-6, expect.stringContaining('use one size throughout')]);
  });

  it('says from which digit on another processor matters', () => {
    const [, , decimal, environment] = verdicts(moved({ instructions: 'no-avx2' }, 4e-7));
    expect(environment![0]).toBeCloseTo(4e-7, 12);
    expect(environment![1]).toContain('from its digit 7 on');
    expect(decimal![1]).toContain('an FID of 10 by about 4e-6');
  });

  it('holds rounding against the sampling error where that is known', () => {
    const sampling = [{ size: 5000, kind: 'sd', value: 0.02, basis: 'measured' }] as const;
    const [, , decimal] = adviceRows('e', rows(moved({ level: 'disabled' }, 1e-6)), sampling, 2);
    // 0.02 / (1e-6 · 2) = 1e4
    expect(decimal!.verdict).toMatch(/by (1e\+4|9e\+3) times as much$/);
  });

  it('names what was varied of the environment, and says that no GPU was measured', () => {
    const environment = (...measured: Measured[]) =>
      adviceRows('e', rows(...measured), [], 2).at(-1)!.test;
    const cpu = environment(moved({ instructions: 'no-avx2' }, 0));
    expect(cpu).toContain('other vector instructions');
    expect(cpu).not.toContain('providers');
    expect(cpu).toContain('no GPU was measured');
    const cuda = environment(moved({}, 0), moved({ provider: 'cuda' }, 1e-5));
    expect(cuda).toContain('other providers');
    expect(cuda).toContain('measured on cpu, cuda');
  });

  it('does not claim what was not tested', () => {
    for (const [value, verdict] of verdicts()) {
      expect(value).toBeNull();
      expect(verdict).toBe('not tested here');
    }
  });
});

describe('the summary', () => {
  it('names what was varied, and nothing else', () => {
    const all = rows(moved({}, 0), moved({ threads: 2, batch_size: 1 }, 0));
    expect(variedIn(all)).toBe('run, threads or batch size');
  });

  it('takes the largest change of each factor alone, the instruction sets one by one', () => {
    const all = rows(
      moved({ threads: 2 }, 0),
      moved({ threads: 3 }, 1e-8),
      moved({ threads: 2, batch_size: 1 }, 1),
      moved({ instructions: 'no-avx512' }, 1e-7),
      moved({ instructions: 'no-avx2' }, 1e-6),
    );
    const labels = factorChanges(all).map(({ label }) => label);
    expect(labels).toEqual(['threads', 'no AVX-512', 'no AVX2']);
    expect(factorChanges(all).at(-1)!.change).toBeCloseTo(2e-6, 12);
  });

  it('leaves out what a machine could not do, and measures that were not there', () => {
    const skipped: Measured = { ...moved({ provider: 'cuda' }, 0), measures: null, error: 'none' };
    const all = rows(skipped, moved({ threads: 2 }, 0));
    expect(factorChanges(all)).toEqual([{ label: 'threads', change: 0 }]);
    expect(all[0]).toMatchObject({ status: 'skipped', error: 'none', value: null });
    const labels = measureChanges(all).map(({ label }) => label);
    expect(labels).toEqual(['PSNR', 'SSIM', 'features', 'FID', 'KID']);
  });
});
