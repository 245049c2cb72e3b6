import { describe, expect, it } from 'vitest';
import { distanceOfExactMoments } from '../../../src/draws/exact-moments.ts';
import { distanceOfMoments } from '../../../src/metrics/frechet.ts';
import { frechetDistance } from '../../../src/metrics/frechet-distance.ts';
import { drawKey, gapRow, gapRows } from '../../../src/studies/cause/gap.ts';
import { whiteMoments } from '../../../src/studies/cause/moments.ts';
import { leading, switchedOff } from '../../../src/studies/cause/switched-off.ts';
import { algebra, small } from './small.ts';

const { geometry } = small.source;

describe('whiteMoments', () => {
  it('are the moments behind the distances of exact moments', async () => {
    const key = ['a', 1];
    const moments = await whiteMoments(24, 100, key, algebra);
    const { distance } = await distanceOfMoments(geometry, moments, algebra);
    expect(distance).toBe((await distanceOfExactMoments(geometry, 100, key, algebra)).distance);
  });
});

describe('leading', () => {
  it('has the population distance of the first coordinates', async () => {
    const d = 7;
    const part = leading(geometry, d);
    const variances = (kind: 'p' | 'q') =>
      Float64Array.from({ length: d * d }, (_, k) => {
        const i = Math.floor(k / d);
        if (k % d !== i) return 0;
        const map = geometry.map.kind === 'diagonal' ? geometry.map.values[i]! : 0;
        const root = geometry.whitened.kind === 'diagonal' ? geometry.whitened.values[i]! : 0;
        return kind === 'p' ? map ** 2 : (root / map) ** 2;
      });
    const wanted = await frechetDistance(
      { mean: new Float64Array(d), covariance: variances('q') },
      { mean: geometry.offset.slice(0, d), covariance: variances('p') },
      algebra,
    );
    const identity = new Float64Array(d * d);
    for (let i = 0; i < d; i++) identity[i * d + i] = 1;
    const covariance = { data: identity, rows: d, columns: d };
    const found = await distanceOfMoments(part, { mean: new Float64Array(d), covariance }, algebra);
    expect(found.distance).toBeCloseTo(wanted.distance, 12);
    expect(found.traceReference).toBeCloseTo(wanted.traceReference, 12);
  });
});

describe('switchedOff', () => {
  it('splits the error of a draw into that of its mean and that of its covariance', async () => {
    const found = await switchedOff(small, 60, drawKey(60, 1), [5, 24], algebra);
    const truth = small.population.distance;
    const [mean, covariance] = [found.known_covariance - truth, found.known_mean - truth];
    expect(mean + covariance).toBeCloseTo(found.plug_in - truth, 12);
    // All coordinates are no projection.
    expect(found.projected[24]).toBeCloseTo(found.plug_in, 12);
    expect(found.projected[5]).toBeLessThan(found.plug_in);
  });

  it('in single precision differs by some float32 units of the traces, but not by zero', async () => {
    const { float32, plug_in } = await switchedOff(small, 60, drawKey(60, 2), [], algebra);
    expect(Math.abs(float32 - plug_in)).toBeLessThan(100 * 2 ** -24 * 20);
    expect(float32).not.toBe(plug_in);
    expect(Math.fround(float32)).toBe(float32);
  });

  it('with the known mean lacks tr P / N of bias on average', async () => {
    const size = 40;
    const went: number[] = [];
    for (let draw = 1; draw <= 200; draw++) {
      const found = await switchedOff(small, size, drawKey(size, draw), [], algebra);
      went.push(found.plug_in - found.known_mean);
    }
    const mean = went.reduce((a, b) => a + b, 0) / went.length;
    const variance = went.reduce((sum, value) => sum + (value - mean) ** 2, 0) / went.length;
    const wanted = small.population.traceGenerated / size;
    expect(Math.abs(mean - wanted)).toBeLessThan(4 * Math.sqrt(variance / went.length));
  });
});

describe('the gap', () => {
  it('shrinks by the share of the factor switched off', () => {
    const plugIn = [
      [10, 5],
      [12, 5],
    ] as const;
    expect(
      gapRow(
        'half',
        [
          [7.5, 5],
          [8.5, 5],
        ],
        plugIn,
      ),
    ).toMatchObject({
      switched_off: 'half',
      draws: 2,
      fid_small: 8,
      fid_large: 5,
      gap: 3,
      mcse: 0.5,
      share: 0.5,
      share_mcse: 0.5 / 6,
    });
    expect(gapRow('nothing', plugIn, plugIn)).toMatchObject({ share: 0, share_mcse: 0 });
    // One draw has no spread.
    expect(gapRow('one', [[5, 5]], plugIn)).toMatchObject({ share: 1, mcse: null });
  });

  it('comes from the same draws for every factor', async () => {
    const at = (size: number) => switchedOff(small, size, drawKey(size, 1), [5], algebra);
    const draws = [[await at(30), await at(300)]] as const;
    const scipy = [{ name: 'SciPy', pair: [draws[0][0].plug_in, draws[0][1].plug_in] as const }];
    const rows = gapRows(draws, 24, [5], scipy);
    expect(rows.map((row) => row.switched_off)).toEqual([
      'nothing',
      'known mean',
      'known covariance',
      '5 of 24 dimensions',
      'float32',
      'SciPy',
    ]);
    const [, mean, covariance] = rows;
    expect(mean!.share + covariance!.share).toBeCloseTo(1, 10);
    expect(rows.at(-1)!.share).toBe(0);
  });
});
