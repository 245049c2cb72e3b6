import { describe, expect, it } from 'vitest';
import { jitterCharts } from '../../../src/charts/jitter.ts';
import type { NamedChart } from '../../../src/charts/render.ts';
import { adviceRows } from '../../../src/studies/jitter/advice.ts';
import { type Measures, measureNames } from '../../../src/studies/jitter/measures.ts';
import { jitterRows, type Measured } from '../../../src/studies/jitter/rows.ts';
import { factorChanges, measureChanges, variedIn } from '../../../src/studies/jitter/summary.ts';
import { BASELINE, type Variation } from '../../../src/studies/jitter/variations.ts';
import { schemaErrors } from '../../charts/vega-lite.ts';

const own: Measures = {
  ...(Object.fromEntries(measureNames.map((name) => [name, 0])) as Record<keyof Measures, number>),
  fid: 2,
  fid_one_side: 2,
  fid_reference: null,
  kid: 0.5,
  kid_one_side: 0.5,
  psnr: 30,
  ssim: 0.9,
  lpips: null,
};

/** A variation that moves features and FID by a relative amount. */
function moved(variation: Partial<Variation>, by: number): Measured {
  const measures = { ...own, feature_relative_change: by, fid: 2 * (1 + by) };
  return { variation: { ...BASELINE, ...variation }, storage: 'float32', measures, error: null };
}

const rows = (...measured: Measured[]) => jitterRows('e', 8, measured, own);
const alone = { fid: 2, sampling: [], drawn: '' };
const verdicts = (...measured: Measured[]) =>
  adviceRows('e', rows(...measured), alone).map(({ measured: value, verdict }) => [value, verdict]);

describe('the advice', () => {
  it('finds flags and batches of one useless if every bit is the same', () => {
    const [flags, batches] = verdicts(
      moved({ run: 2 }, 0),
      moved({ workers: 2 }, 0),
      moved({ batch_size: 1 }, 0),
    );
    expect(flags).toEqual([0, expect.stringContaining('no flag is needed')]);
    expect(batches).toEqual([0, expect.stringContaining('changes no bit')]);
  });

  it('asks for them where repeats differ', () => {
    const [flags, batches] = verdicts(moved({ run: 2 }, 1e-7), moved({ batch_size: 1 }, 1e-6));
    expect(flags).toEqual([1e-7, expect.stringContaining('set them')]);
    expect(batches).toEqual([1e-6, expect.stringContaining('use one size throughout')]);
  });

  it('says from which digit on another processor changes FID', () => {
    const [, , decimal, environment] = verdicts(moved({ instructions: 'no-avx2' }, 4e-7));
    expect(environment![0]).toBeCloseTo(4e-7, 12);
    expect(environment![1]).toContain('from digit 7 on');
    expect(decimal![1]).toMatch(
      /^the FID of the images against their copies, 2\.00, changes by 8\.0e-7/,
    );
    expect(decimal![1]).not.toContain('sampling');
  });

  it('compares rounding of one FID with the sampling error of another, each at its N', () => {
    const sampling = [
      { size: 5000, kind: 'bias', value: 1, basis: 'measured' },
      { size: 5000, kind: 'sd', value: 0.02, basis: 'measured' },
      { size: 50_000, kind: 'sd', value: 0.002, basis: 'extrapolated' },
    ] as const;
    const two = { fid: 2, sampling, drawn: 'train/** against test/**' };
    const decimal = (by: number) =>
      adviceRows('e', rows(moved({ level: 'disabled' }, by)), two)[2]!.verdict;
    // 0.02 / (1e-6 · 2) = 1e4
    expect(decimal(1e-6)).toMatch(
      /the sampling SD of another FID, train\/\*\* against test\/\*\*, is 2\.0e-2 at 5,000 images, 10,000 times as large, and 2\.0e-3 at 50,000 images \(extrapolated\), 1,000 times as large$/,
    );
    expect(decimal(0)).toMatch(
      /2\.00, does not change: .* 2\.0e-3 at 50,000 images \(extrapolated\)$/,
    );
  });

  it('names what was varied of the environment, and says that no GPU was measured', () => {
    const environment = (...measured: Measured[]) =>
      adviceRows('e', rows(...measured), alone).at(-1)!.test;
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

describe('the chart of changes', () => {
  it('names both FIDs that are on its axis, and says what is extrapolated', () => {
    const changes = { factors: [{ label: 'threads', change: 1e-7 }], measures: [] };
    const words = { title: 'images', devices: 'cpu' };
    const sampling = [{ size: 50_000, kind: 'sd', value: 3e-5, basis: 'extrapolated' }] as const;
    const subtitleOf = (of: readonly (typeof sampling)[number][]) => {
      const two = { fid: 0.53, sampling: of, drawn: 'train/** against test/**' };
      const [{ spec }] = jitterCharts({ ...changes, ...words, ...two }) as [NamedChart];
      expect(schemaErrors(spec)).toEqual([]);
      return (spec.title as { subtitle: string[] }).subtitle.join(' ');
    };
    expect(subtitleOf(sampling)).toBe(
      'images recomputed: their FID of 0.530 sampling error: FID of train/** against test/** cpu * extrapolated as 1/N',
    );
    expect(subtitleOf([])).toBe('images change of their FID of 0.530 cpu');
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

  it('leaves out what a machine could not do, and missing measures', () => {
    const skipped: Measured = { ...moved({ provider: 'cuda' }, 0), measures: null, error: 'none' };
    const all = rows(skipped, moved({ threads: 2 }, 0));
    expect(factorChanges(all)).toEqual([{ label: 'threads', change: 0 }]);
    expect(all[0]).toMatchObject({ status: 'skipped', error: 'none', value: null });
    const labels = measureChanges(all).map(({ label }) => label);
    expect(labels).toEqual(['PSNR', 'SSIM', 'features', 'FID', 'KID']);
  });
});
