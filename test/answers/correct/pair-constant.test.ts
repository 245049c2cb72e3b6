import { describe, expect, it } from 'vitest';
import {
  inverseChange,
  pairConstant,
  pairErrors,
} from '../../../src/answers/correct/pair-constant.ts';
import { publishedPairs } from '../../../src/answers/correct/pairs.ts';
import { samplingError } from '../../../src/answers/correct/sampling-error.ts';
import { lawfulPairs, pairOf } from './published.ts';

describe('pairConstant', () => {
  it('gives back the constant of a pair that obeys C/N', () => {
    for (const constant of [100, 26_000, 4e5]) {
      const { value, secondOrder } = pairConstant(lawfulPairs([constant])[0]!);
      expect(Math.abs(value / constant - 1)).toBeLessThan(1e-5);
      expect(secondOrder).toBeCloseTo(1 / 5000 + 1 / 50_000, 15);
    }
  });

  it('counts both sides, and takes the FID of real images as 0 at infinity', () => {
    const real = pairConstant(
      pairOf('d,r,r,fid-inception,net,none,50000,3.1,10000,,,,real,constant,,s'),
    );
    expect(real.value).toBeCloseTo(3.1 / (1 / 50_000 + 1 / 10_000), 6);
    const moved = pairConstant(
      pairOf('d,m,m,fid-inception,net,none,50000,5.24,10000,50000,3.17,50000,same,constant,,s'),
    );
    expect(moved.value).toBeCloseTo(2.07 / (1 / 10_000 - 1 / 50_000), 6);
  });

  it('finds the constants that docs/theory.md has of published numbers', () => {
    const of = (model: string) =>
      pairConstant(publishedPairs().find((pair) => pair.model.startsWith(model))!).value;
    expect(of('OT-CFM')).toBeCloseTo(25_722, 0);
    expect(of('DDPM')).toBeCloseTo(25_875, 0);
    for (const gan of ['SNGAN', 'cGAN-PD', 'InfoMax-GAN']) {
      expect(of(gan)).toBeGreaterThan(25_200);
      expect(of(gan)).toBeLessThan(27_500);
    }
    expect(of('U-ViT')).toBeGreaterThan(31_000);
    expect(of('MoTAR')).toBeLessThan(38_000);
    expect(of('RQ prior')).toBeCloseTo(10_248, 0);
    // As many references as images at both ends: half of what a fixed reference would say.
    expect(of('LDM, DDIM')).toBeCloseTo(16_700, 0);
    expect(of('U-Net, DDIM 10')).toBeCloseTo(10_875, 0);
  });
});

describe('pairErrors', () => {
  const row = (sizes: string, checkpoint = 'same', fids = ['8.0000', '4.0000']) => {
    const [a, b, m, n] = sizes.split(' ');
    return pairOf(
      `d,m,m,fid-inception,net,none,${a},${fids[0]},${m},${b},${fids[1]},${n},${checkpoint},constant,,s`,
    );
  };

  it('is the sampling of the sides that the ends do not share', () => {
    // C = 4/(1/5,000 − 1/50,000); what varies is FID at infinity, not the bias.
    const constant = 4 / 1.8e-4;
    const generated = pairErrors(row('5000 50000 10000 10000')).sampling;
    const of = { level: 8 - constant * 3e-4, constant, unit: 1 };
    expect(generated).toBeCloseTo(
      Math.hypot(samplingError(of, 5000), samplingError(of, 50_000)),
      12,
    );
    const larger = { level: 8 - 5e4 * 1.2e-4, constant: 5e4, unit: 1 };
    const reference = pairErrors(row('50000 50000 10000 50000')).sampling;
    expect(reference).toBeCloseTo(
      Math.hypot(samplingError(larger, 10_000), samplingError(larger, 50_000)),
      12,
    );
  });

  it('adds rounding by the decimals printed, and training where checkpoints are separate', () => {
    const fine = pairErrors(row('5000 50000 10000 10000')).other;
    const coarse = pairErrors(row('5000 50000 10000 10000', 'same', ['8', '4'])).other;
    expect(coarse / fine).toBeCloseTo(1e4, 6);
    const separate = pairErrors(row('5000 50000 10000 10000', 'separate')).other;
    expect(separate).toBeGreaterThan(0.25);
  });
});

describe('inverseChange', () => {
  it('is odd, and nothing between equal ends', () => {
    const a = { generated: 5000, reference: 10_000 };
    const b = { generated: Number.POSITIVE_INFINITY, reference: 50_000 };
    expect(inverseChange(a, b)).toBe(-inverseChange(b, a));
    expect(inverseChange(a, a)).toBe(0);
    expect(inverseChange(a, b, 2)).toBeCloseTo(5000 ** -2 + 10_000 ** -2 - 50_000 ** -2, 18);
  });
});
