import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/linalg/gemm.ts';
import {
  congruence,
  imageDimension,
  type LinearMap,
  mapRows,
  mapVector,
  traceAfter,
} from '../../src/linalg/linear-map.ts';
import { largestDifference, randomSymmetric, trace } from './matrices.ts';
import { plainGemm, randomMatrix } from './plain.ts';

const d = 6;
const values = randomMatrix(1, d, 'diagonal').data;
const diagonal: Matrix = { data: new Float64Array(d * d), rows: d, columns: d };
const unit: Matrix = { data: new Float64Array(d * d), rows: d, columns: d };
for (let i = 0; i < d; i++) {
  diagonal.data[i * d + i] = values[i]!;
  unit.data[i * d + i] = 1;
}
const narrow = randomMatrix(d, 4, 'narrow');
const none: Matrix = { data: new Float64Array(0), rows: d, columns: 0 };

// Each map beside the matrix that it stands for.
const MAPS: [string, LinearMap, Matrix][] = [
  ['identity', { kind: 'identity' }, unit],
  ['diagonal', { kind: 'diagonal', values }, diagonal],
  ['dense', { kind: 'dense', matrix: narrow }, narrow],
  ['dense, of rank 0', { kind: 'dense', matrix: none }, none],
];

describe.each(MAPS)('the %s map', (_, map, matrix) => {
  const z = randomMatrix(5, d, 'rows');
  const s: Matrix = { data: randomSymmetric(d, 3), rows: d, columns: d };

  it('maps rows as its matrix does, and vectors as rows', async () => {
    const expected = await plainGemm.multiply(z, matrix);
    const mapped = await mapRows(map, z, plainGemm);
    expect(mapped).toMatchObject({ rows: 5, columns: matrix.columns });
    expect(largestDifference(mapped.data, expected.data)).toBeLessThan(1e-14);
    const first = mapVector(map, z.data.slice(0, d));
    expect(largestDifference(first, expected.data.slice(0, matrix.columns))).toBeLessThan(1e-14);
  });

  it('takes a covariance to Mᵀ S M, and knows its trace and size', async () => {
    const right = await plainGemm.multiply(s, matrix);
    const expected = await plainGemm.multiply(matrix, right, { transposeA: true });
    const product = await congruence(map, s, plainGemm);
    const lower = (data: Float64Array) =>
      data.filter((_, k) => k % matrix.columns <= Math.floor(k / matrix.columns));
    expect(largestDifference(lower(product.data), lower(expected.data))).toBeLessThan(1e-13);
    expect(imageDimension(map, d)).toBe(matrix.columns);
    const total = await traceAfter(map, s, plainGemm);
    expect(total).toBeCloseTo(trace(expected.data, matrix.columns), 12);
  });

  it('changes neither rows nor covariance', async () => {
    const [rows, covariance] = [z.data.slice(), s.data.slice()];
    await mapRows(map, z, plainGemm);
    await congruence(map, s, plainGemm);
    mapVector(map, z.data.subarray(0, d));
    expect([z.data, s.data]).toEqual([rows, covariance]);
  });
});
