import { describe, expect, it } from 'vitest';
import { shuffled } from '../../src/estimators/shuffled.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { plainAlgebra, plainMoments, randomMatrix } from '../linalg/plain.ts';
import { featuresOf } from '../metrics/feature-pools.ts';

const d = 2;
const CLASSES = 8;

/** As many images of each of eight classes, whose means lie on a circle. */
function balanced(rows: number, ...key: (string | number)[]): Matrix {
  const x = randomMatrix(rows, d, 'balanced', ...key);
  for (let i = 0; i < rows; i++) {
    const angle = (2 * Math.PI * (i % CLASSES)) / CLASSES;
    x.data[i * d] = 0.3 * x.data[i * d]! + Math.cos(angle);
    x.data[i * d + 1] = 0.3 * x.data[i * d + 1]! + Math.sin(angle);
  }
  return x;
}

describe('draws that keep the shares of the classes', () => {
  it('have the FID of smaller sets of that kind; draws that do not have a higher one', async () => {
    const [size, repetitions] = [3 * CLASSES, 70];
    const reference = plainMoments(balanced(4000, 'reference'));
    const fid = async (x: Matrix) =>
      (await frechetDistance(reference, plainMoments(x), plainAlgebra)).distance;
    const classes = Uint32Array.from({ length: 800 }, (_, i) => i % CLASSES);
    const drawn = (pool: Matrix, seed: number, labels?: Uint32Array): Matrix => {
      const data = new Float64Array(size * d);
      shuffled(featuresOf(pool), seed, labels).readBlock(0, size, data);
      return { data, rows: size, columns: d };
    };
    const values: number[][] = [[], [], []];
    for (let seed = 0; seed < repetitions; seed++) {
      const pool = balanced(800, 'pool', seed);
      values[0]!.push(await fid(balanced(size, 'fresh', seed)));
      values[1]!.push(await fid(drawn(pool, seed, classes)));
      values[2]!.push(await fid(drawn(pool, seed)));
    }
    const summary = values.map((list) => {
      const mean = list.reduce((a, b) => a + b) / repetitions;
      const variance = list.reduce((a, b) => a + (b - mean) ** 2, 0) / (repetitions - 1);
      return { mean, se: Math.sqrt(variance / repetitions) };
    });
    const [fresh, stratified, plain] = summary as [
      ...[(typeof summary)[0], (typeof summary)[0], (typeof summary)[0]],
    ];
    const within = (a: typeof fresh, b: typeof fresh) => 3 * Math.hypot(a.se, b.se);
    expect(Math.abs(stratified.mean - fresh.mean)).toBeLessThan(within(stratified, fresh));
    // Between the classes lies nine tenths of the variance.
    expect(plain.mean).toBeGreaterThan(2 * fresh.mean);
  });
});
