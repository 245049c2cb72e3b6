import { describe, expect, it } from 'vitest';
import { type NormalSource, normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { kolmogorov, normalCdf } from './statistics.ts';

const BLOCK = 100_000;

function eachBlock(source: NormalSource, blocks: number, visit: (x: Float64Array) => void): void {
  for (let i = 0; i < blocks; i++) visit(source.block(BLOCK));
}

describe('the numbers of normalSource', () => {
  it('have the moments of a normal distribution, to the fourth', () => {
    const sums = [0, 0, 0, 0];
    eachBlock(normalSource(stream('moments')), 100, (x) => {
      for (const z of x) {
        sums[0]! += z;
        sums[1]! += z * z;
        sums[2]! += z * z * z;
        sums[3]! += z * z * z * z;
      }
    });
    const n = 100 * BLOCK;
    const moments = [0, 1, 0, 3];
    const variances = [1, 2, 15, 96];
    sums.forEach((sum, k) => {
      const errors = (sum / n - moments[k]!) / Math.sqrt(variances[k]! / n);
      expect(Math.abs(errors)).toBeLessThan(4.5);
    });
  });

  it('pass the test of Kolmogorov', () => {
    const sample = normalSource(stream('kolmogorov')).fill(new Float64Array(1_000_000));
    expect(kolmogorov(sample, normalCdf)).toBeLessThan(1.95);
  });

  it('fill every cell of a fine histogram as often as they should', () => {
    // Cells of 1/64: narrower than most wedges of the ziggurat, so a fault in them would show.
    const cells = 2 * 4.5 * 64;
    const counts = new Float64Array(cells);
    eachBlock(normalSource(stream('histogram')), 300, (x) => {
      for (const z of x) {
        const cell = Math.floor((z + 4.5) * 64);
        if (cell >= 0 && cell < cells) counts[cell]!++;
      }
    });
    let statistic = 0;
    for (let cell = 0; cell < cells; cell++) {
      const left = cell / 64 - 4.5;
      const expected = 300 * BLOCK * (normalCdf(left + 1 / 64) - normalCdf(left));
      statistic += (counts[cell]! - expected) ** 2 / expected;
    }
    expect(Math.abs(statistic - cells) / Math.sqrt(2 * cells)).toBeLessThan(4.5);
  });

  it('reach beyond 3, 4, 4.5 and 5 sigma as often as they should, on either side', () => {
    const bounds = [3, 4, 4.5, 5];
    const above = [0, 0, 0, 0];
    const below = [0, 0, 0, 0];
    eachBlock(normalSource(stream('tails')), 500, (x) => {
      for (const z of x) {
        if (Math.abs(z) < 3) continue;
        bounds.forEach((bound, k) => {
          if (z > bound) above[k]!++;
          if (z < -bound) below[k]!++;
        });
      }
    });
    bounds.forEach((bound, k) => {
      const expected = 500 * BLOCK * normalCdf(-bound);
      expect(Math.abs(above[k]! - expected) / Math.sqrt(expected)).toBeLessThan(4);
      expect(Math.abs(below[k]! - expected) / Math.sqrt(expected)).toBeLessThan(4);
    });
  });

  it('are uncorrelated, and so are their squares, within and across lanes', () => {
    const n = 20 * BLOCK;
    const z = normalSource(stream('lags')).block(n + 16);
    for (let lag = 1; lag <= 16; lag++) {
      let products = 0;
      let squares = 0;
      for (let i = 0; i < n; i++) {
        const product = z[i]! * z[i + lag]!;
        products += product;
        squares += (z[i]! * z[i]! - 1) * (z[i + lag]! * z[i + lag]! - 1);
      }
      expect(Math.abs(products / Math.sqrt(n))).toBeLessThan(4.5);
      expect(Math.abs(squares / Math.sqrt(4 * n))).toBeLessThan(4.5);
    }
  });

  it('are as good from one lane alone', () => {
    for (let lane = 0; lane < 4; lane++) {
      const all = normalSource(stream('lane')).block(800_000);
      const sample = Float64Array.from({ length: 200_000 }, (_, i) => all[4 * i + lane]!);
      expect(kolmogorov(sample, normalCdf)).toBeLessThan(1.95);
    }
  });

  it('are independent between streams of neighbouring seeds', () => {
    // The first number of each of many streams, as a surrogate sweep over seeds would take it.
    const first = Float64Array.from({ length: 1000 }, (_, seed) =>
      normalSource(stream('study', seed)).next(),
    );
    let products = 0;
    for (let i = 1; i < first.length; i++) products += first[i]! * first[i - 1]!;
    expect(Math.abs(products / Math.sqrt(first.length))).toBeLessThan(4);
    expect(kolmogorov(first, normalCdf)).toBeLessThan(1.95);
  });
});
