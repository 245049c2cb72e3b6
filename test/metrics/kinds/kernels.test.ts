import { describe, expect, it } from 'vitest';
import { kid } from '../../../src/metrics/kid.ts';
import { metricNamed } from '../../../src/metrics/registry.ts';
import { asFeatures } from '../../../src/metrics/sample.ts';
import { context, metricOf, normals, rowsOf, sampleFrom } from './samples.ts';

const draw = normals(60, 8, 'y', 0.5);
const reference = normals(75, 8, 'x');
const gaussian = (a: number[], b: number[]) => {
  const [u, v] = [a, b].map((row) => {
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
  return Math.exp(-u!.reduce((sum, value, j) => sum + (value - v![j]!) ** 2, 0) / 200);
};

/** The mean kernel over pairs of rows, of a row with itself too or not. */
function mean(x: number[][], y: number[][], withItself: boolean): number {
  const values = x.flatMap((a, i) =>
    y.flatMap((b, j) => (x === y && i === j && !withItself ? [] : [gaussian(a, b)])),
  );
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('metrics of kernels', () => {
  it('KID is that of study kid, from float32 products', async () => {
    const { kid: expected, se } = await kid(asFeatures(reference), asFeatures(draw));
    expect(await metricOf('kid', draw, reference)).toBeCloseTo(expected, 7);
    const error = await metricNamed('kid').error!(draw, reference, context);
    expect(error! / se!).toBeCloseTo(1, 6);
  });

  it.each([
    ['cmmd', true],
    ['cmmd-u', false],
  ] as const)('%s is its definition', async (name, withItself) => {
    const [x, y] = [rowsOf(reference), rowsOf(draw)];
    const expected = mean(x, x, withItself) + mean(y, y, withItself) - 2 * mean(x, y, true);
    expect(await metricOf(name, draw, reference)).toBeCloseTo(1000 * expected, 9);
  });

  it('a row of zeros has no direction: CMMD and Vendi refuse it, with its number', async () => {
    const data = Float64Array.from({ length: 60 }, (_, k) => (k < 10 ? k : k < 15 ? 0 : 1));
    const sample = sampleFrom({ data, rows: 12, columns: 5 });
    for (const name of ['cmmd', 'cmmd-u', 'vendi']) {
      await expect(metricOf(name, sample, normals(20, 5, 'r'))).rejects.toThrow('row 2 of the gen');
    }
  });

  it('needs two images on each side', async () => {
    await expect(metricOf('kid', normals(1, 8, 'a'), reference)).rejects.toThrow(
      '1 generated image',
    );
  });
});
