import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { FarRows } from '../../src/theory/far-rows.ts';
import { resolventOf } from '../../src/theory/resolvent.ts';
import { plainAlgebra as algebra, plainMoments, randomMatrix } from '../linalg/plain.ts';
import { symmetricEigen } from '../linalg/reference.ts';

const [n, d] = [60, 4];
const resolvent = resolventOf(Float64Array.of(0.1, 0.5, 1, 2));

/** Rows of a sample moved to mean 0 and covariance 1, as they are in the eigenbasis. */
function whitened(x: Matrix): Matrix {
  const { mean, covariance } = plainMoments(x);
  const { values, vectors } = symmetricEigen(covariance, x.columns);
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < x.columns; j++) {
      let sum = 0;
      for (let k = 0; k < x.columns; k++) {
        sum += (x.data[i * x.columns + k]! - mean[k]!) * vectors[k * x.columns + j]!;
      }
      data[i * x.columns + j] = sum / Math.sqrt(values[j]!);
    }
  }
  return { ...x, data };
}

function farOf({ data, rows, columns }: Matrix) {
  const far = new FarRows(resolvent, rows);
  for (let i = 0; i < rows; i++) {
    const z = data.subarray(i * columns, (i + 1) * columns);
    const leverages = resolvent.nodes.map(
      (y) =>
        resolvent.roots.reduce((h, s, j) => h + ((s * s) / (s * s + y)) * z[j]! ** 2, 0) /
        (rows - 1),
    );
    far.add(i, z, leverages, 0);
  }
  return far.finish(algebra);
}

describe('the rows that are furthest out', async () => {
  const z = whitened(randomMatrix(n, d, 'far rows'));
  const far = await farOf(z);

  it('are measured by the others alone, exactly', () => {
    const out = new Set(far.map(({ row }) => row));
    expect(out.size).toBeGreaterThanOrEqual(12);
    const others = Array.from({ length: n }, (_, i) => i).filter((i) => !out.has(i));
    const rest = { rows: others.length, columns: d, data: new Float64Array(others.length * d) };
    for (const [k, i] of others.entries())
      rest.data.set(z.data.subarray(i * d, (i + 1) * d), k * d);
    const { mean, covariance } = plainMoments(rest);
    const { values, vectors } = symmetricEigen(covariance, d);
    for (const { row, odds } of far) {
      let expected = 1 / rest.rows;
      for (let j = 0; j < d; j++) {
        let along = 0;
        for (let k = 0; k < d; k++)
          along += (z.data[row * d + k]! - mean[k]!) * vectors[k * d + j]!;
        expected += along ** 2 / values[j]! / (rest.rows - 1);
      }
      expect(odds / expected).toBeCloseTo(1, 8);
    }
  });

  it('come in the order of their distances', () => {
    expect(far.map(({ odds }) => odds)).toEqual(far.map(({ odds }) => odds).sort((a, b) => b - a));
  });

  it('have those of a group whose leverages are no higher than those of others', async () => {
    const x = randomMatrix(n, d, 'far group');
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < d; j++) x.data[(7 * i + 1) * d + j] = 100 * (j + 1);
    const found = await farOf(whitened(x));
    expect(
      found
        .slice(0, 8)
        .map(({ row }) => row)
        .sort((a, b) => a - b),
    ).toEqual([1, 8, 15, 22, 29, 36, 43, 50]);
    expect(found[7]!.odds).toBeGreaterThan(1000 * found[8]!.odds);
  });

  it('are none where every leverage is 1', async () => {
    expect(await farOf(randomMatrix(d + 1, d, 'too few'))).toEqual([]);
  });
});
