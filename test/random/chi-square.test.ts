import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { chiSquare } from '../../src/random/chi-square.ts';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { kolmogorov, normalCdf, smirnov } from './statistics.ts';

function draws(dof: number, count: number): Float64Array {
  const normals = normalSource(stream('chi-square', dof, 'normals'));
  const uniforms = stream('chi-square', dof, 'uniforms');
  return Float64Array.from({ length: count }, () => chiSquare(dof, normals, uniforms));
}

describe('chiSquare', () => {
  it('gives the pinned draws', () => {
    expect([...draws(1, 2), ...draws(2, 2), ...draws(100, 2), ...draws(1e7, 2)]).toEqual([
      1.3790467624832325, 4.694321736497273, 1.9713092190949855, 0.42337432527079577,
      88.83932634647452, 107.71990972247335, 10_003_924.57576508, 10_000_424.135837447,
    ]);
  });

  it.each([1, 2, 3, 10, 2047, 10_000_000])('has the first three moments at dof = %d', (dof) => {
    const n = 100_000;
    let [mean, variance, skewness] = [0, 0, 0];
    for (const x of draws(dof, n)) {
      const z = (x - dof) / Math.sqrt(2 * dof);
      mean += z / n;
      variance += (z * z) / n;
      skewness += z ** 3 / n;
    }
    // The cumulants of the standardised variable give its third, fourth and sixth moments.
    const cumulant = (r: number, coefficient: number) => (coefficient * dof) / (2 * dof) ** (r / 2);
    const m3 = cumulant(3, 8);
    const m4 = cumulant(4, 48) + 3;
    const m6 = cumulant(6, 3840) + 15 * cumulant(4, 48) + 10 * m3 ** 2 + 15;
    expect(Math.abs(mean) * Math.sqrt(n)).toBeLessThan(4);
    expect(Math.abs(variance - 1) * Math.sqrt(n / (m4 - 1))).toBeLessThan(4);
    expect(Math.abs(skewness - m3) * Math.sqrt(n / (m6 - m3 ** 2))).toBeLessThan(4);
  });

  it('follows the closed forms of its distribution', () => {
    const n = 100_000;
    const one = (x: number) => 2 * normalCdf(Math.sqrt(x)) - 1;
    expect(kolmogorov(draws(1, n), one)).toBeLessThan(1.95);
    expect(kolmogorov(draws(2, n), (x) => 1 - Math.exp(-x / 2))).toBeLessThan(1.95);
    const four = (x: number) => 1 - Math.exp(-x / 2) * (1 + x / 2);
    expect(kolmogorov(draws(4, n), four)).toBeLessThan(1.95);
    // At ten million the law is normal but for a skewness of 1e-3.
    const large = draws(1e7, n).map((x) => (x - 1e7) / Math.sqrt(2e7));
    expect(kolmogorov(large, normalCdf)).toBeLessThan(1.95);
  });

  it('is distributed as a sum of squares', () => {
    const normals = normalSource(stream('squares'));
    for (const dof of [3, 31]) {
      const direct = Float64Array.from({ length: 50_000 }, () =>
        normals.block(dof).reduce((sum, z) => sum + z * z, 0),
      );
      expect(smirnov(direct, draws(dof, 50_000))).toBeLessThan(1.95);
    }
  });

  it('names degrees of freedom it cannot use', () => {
    for (const bad of [0, -1, 2.5, Number.NaN]) expect(() => draws(bad, 1)).toThrow(StudyError);
  });
});
