import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { psnr, ssim } from '../../src/metrics/pixels.ts';
import { picture } from '../images/sources.ts';

describe('psnr', () => {
  it('is 10 log₁₀(255² / c²) where every pixel differs by c', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 50 }), (c, n) => {
        const a = new Uint8Array(n);
        expect(
          psnr(
            a,
            a.map(() => c),
          ),
        ).toBeCloseTo(20 * Math.log10(255 / c), 12);
      }),
    );
  });

  it('is infinite for equal pixels, and refuses images of two sizes', () => {
    expect(psnr(picture(1), picture(1))).toBe(Number.POSITIVE_INFINITY);
    expect(() => psnr(picture(1), picture(1, 9))).toThrow(RangeError);
  });
});

describe('ssim', () => {
  it('is 1 for equal images, symmetric, and lower the more pixels differ', () => {
    const [width, height] = [24, 20];
    const image = picture(3, width, height);
    const noisy = (amount: number) =>
      image.map((value, i) => Math.max(0, Math.min(255, value + (i % 2 === 0 ? amount : -amount))));
    expect(ssim(image, image, width, height)).toBe(1);
    const [little, much] = [noisy(5), noisy(40)];
    expect(ssim(image, little, width, height)).toBeCloseTo(ssim(little, image, width, height), 12);
    expect(ssim(image, little, width, height)).toBeLessThan(1);
    expect(ssim(image, much, width, height)).toBeLessThan(ssim(image, little, width, height));
  });

  it('of two flat images is the luminance term alone: (2ab + c₁) / (a² + b² + c₁)', () => {
    const flat = (value: number) => new Uint8Array(16 * 16 * 3).fill(value);
    const [a, b, c1] = [100, 120, (0.01 * 255) ** 2];
    const wanted = (2 * a * b + c1) / (a * a + b * b + c1);
    expect(ssim(flat(a), flat(b), 16, 16)).toBeCloseTo(wanted, 4);
  });
});
