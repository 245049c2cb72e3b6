import { describe, expect, it } from 'vitest';
import type { Latent } from '../../src/generators/description.ts';
import { fillLatent, labelOf } from '../../src/generators/latents.ts';

const named = { name: 'z', shape: [4000] };
const latents = {
  normal: { ...named, distribution: 'normal', std: 2 },
  unit: { ...named, distribution: 'unit' },
  uniform: { ...named, distribution: 'uniform', low: -1, high: 3 },
  truncated: { ...named, distribution: 'truncated', bound: 2, std: 0.5 },
} satisfies Record<string, Latent>;

const latent = (of: Latent, seed: number, index: number) => {
  const out = new Float32Array(4000);
  fillLatent(of, seed, index, out);
  return out;
};

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: Math.max(...values), smallest: Math.min(...values) };
}

describe('a latent', () => {
  it.each(Object.values(latents))(
    'of distribution $distribution is of its seed and index',
    (of) => {
      expect(latent(of, 7, 3)).toEqual(latent(of, 7, 3));
      expect(latent(of, 7, 3)).not.toEqual(latent(of, 7, 4));
      expect(latent(of, 7, 3)).not.toEqual(latent(of, 8, 3));
    },
  );

  // Bounds of five standard errors of 4,000 numbers.
  it('has the moments of its distribution', () => {
    const normal = moments(latent(latents.normal, 1, 0));
    expect(Math.abs(normal.mean)).toBeLessThan((5 * 2) / Math.sqrt(4000));
    expect(Math.abs(normal.variance - 4)).toBeLessThan(5 * 4 * Math.sqrt(2 / 4000));

    const unit = latent(latents.unit, 1, 0);
    expect(unit.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 6);

    const uniform = moments(latent(latents.uniform, 1, 0));
    expect(Math.abs(uniform.mean - 1)).toBeLessThan(5 * Math.sqrt(16 / 12 / 4000));
    expect(uniform.smallest).toBeGreaterThanOrEqual(-1);
    expect(uniform.largest).toBeLessThanOrEqual(3);

    const truncated = moments(latent(latents.truncated, 1, 0));
    expect(Math.max(truncated.largest, -truncated.smallest)).toBeLessThanOrEqual(1);
    // 1 − 2 · 2 φ(2) / (2 Φ(2) − 1) of a normal cut at ±2.
    expect(truncated.variance / 0.25).toBeCloseTo(0.7737, 1);
  });
});

describe('a label', () => {
  it('of balanced classes goes round, so that each has its share at any number', () => {
    const classes = { name: 'y', count: 3, labels: 'balanced' } as const;
    expect([0, 1, 2, 3, 4].map((index) => labelOf(classes, 5, index))).toEqual([0, 1, 2, 0, 1]);
  });

  it('of random classes is of its seed and index, and each is as likely', () => {
    const classes = { name: 'y', count: 3, labels: 'random' } as const;
    const counts = [0, 0, 0];
    for (let index = 0; index < 600; index++) counts[labelOf(classes, 5, index)]! += 1;
    // Five standard deviations of a binomial of 600 and 1/3.
    for (const each of counts) expect(Math.abs(each - 200)).toBeLessThan(58);
    expect(labelOf(classes, 5, 7)).toBe(labelOf(classes, 5, 7));
  });
});
