import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { type NormalSource, normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { wishartBartlett } from '../../src/random/wishart.ts';
import { smirnov } from './statistics.ts';

const D = 3;

/** F Fᵀ of a row-major d × columns matrix. */
function outer(factor: Float64Array, d: number): Float64Array {
  const columns = factor.length / d;
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += factor[i * columns + k]! * factor[j * columns + k]!;
    return sum;
  });
}

function bartlett(dof: number): () => Float64Array {
  const normals = normalSource(stream('bartlett', dof));
  const uniforms = stream('bartlett', dof, 'uniforms');
  return () => outer(wishartBartlett(D, dof, normals, uniforms), D);
}

function direct(dof: number, normals: NormalSource): () => Float64Array {
  return () => outer(normals.block(D * dof), D);
}

const trace = (w: Float64Array) => w[0]! + w[4]! + w[8]!;
const squares = (w: Float64Array) => w.reduce((sum, x) => sum + x * x, 0);
/** Of the leading 2 × 2 block, which has full rank for dof ≥ 2. */
const minor = (w: Float64Array) => w[0]! * w[4]! - w[1]! * w[1]!;
const logDeterminant = (w: Float64Array) =>
  Math.log(
    w[0]! * (w[4]! * w[8]! - w[5]! ** 2) -
      w[1]! * (w[1]! * w[8]! - w[5]! * w[2]!) +
      w[2]! * (w[1]! * w[5]! - w[4]! * w[2]!),
  );

describe('wishartBartlett', () => {
  it('gives the pinned factors', () => {
    const factor = (d: number, dof: number) => [
      ...wishartBartlett(d, dof, normalSource(stream('golden')), stream('golden', 'uniforms')),
    ];
    expect(factor(2, 5)).toEqual([3.3941690547292684, 0, -0.8264036389146376, 1.760209467197888]);
    expect(factor(3, 2)).toEqual([
      2.5473207562386087, 0, -0.8264036389146376, 0.09324024734915506, 0.33987745468521063,
      0.7191795638033625,
    ]);
  });

  it('is lower-triangular or lower-trapezoidal, with a positive diagonal', () => {
    for (const [d, dof] of [
      [1, 1],
      [4, 9],
      [4, 4],
      [5, 3],
      [9, 1],
    ] as const) {
      const columns = Math.min(d, dof);
      const factor = wishartBartlett(d, dof, normalSource(stream(d, dof)), stream(dof));
      expect(factor.length).toBe(d * columns);
      factor.forEach((value, at) => {
        const [row, column] = [Math.floor(at / columns), at % columns];
        if (column > row) expect(value).toBe(0);
        else if (column === row) expect(value).toBeGreaterThan(0);
        else expect(value).not.toBe(0);
      });
    }
  });

  it.each([2, 7, 1_000_000])('has the mean and variances of a Wishart matrix, dof = %d', (dof) => {
    const n = 20_000;
    const draw = bartlett(dof);
    const sum = new Float64Array(D * D);
    const sumOfSquares = new Float64Array(D * D);
    for (let i = 0; i < n; i++) {
      draw().forEach((value, at) => {
        const centred = value - (at % (D + 1) === 0 ? dof : 0);
        sum[at]! += centred;
        sumOfSquares[at]! += centred * centred;
      });
    }
    for (let at = 0; at < D * D; at++) {
      // Var W_ii = 2 dof, Var W_ij = dof; fourth cumulants 48 dof and 6 dof.
      const [variance, k4] = at % (D + 1) === 0 ? [2 * dof, 48 * dof] : [dof, 6 * dof];
      expect(Math.abs(sum[at]! / n) / Math.sqrt(variance / n)).toBeLessThan(4);
      const error = Math.sqrt((k4 + 2 * variance ** 2) / n);
      expect(Math.abs(sumOfSquares[at]! / n - variance) / error).toBeLessThan(4);
    }
  });

  it.each([2, 3, 8])('is distributed as the product of a direct draw, dof = %d', (dof) => {
    const n = 20_000;
    const normals = normalSource(stream('direct', dof));
    const left = Array.from({ length: n }, bartlett(dof));
    const right = Array.from({ length: n }, direct(dof, normals));
    const compared = [
      trace,
      squares,
      minor,
      (w: Float64Array) => w[5]!,
      (w: Float64Array) => w[8]!,
    ];
    if (dof >= D) compared.push(logDeterminant);
    for (const of of compared) {
      const statistic = smirnov(Float64Array.from(left, of), Float64Array.from(right, of));
      expect(statistic).toBeLessThan(1.95);
    }
  });

  it('names the sizes it cannot use', () => {
    const normals = normalSource(stream(1));
    expect(() => wishartBartlett(0, 3, normals, stream(1))).toThrow(StudyError);
    expect(() => wishartBartlett(3, 0, normals, stream(1))).toThrow(StudyError);
    expect(() => wishartBartlett(3, 2.5, normals, stream(1))).toThrow('not a whole number');
  });
});
