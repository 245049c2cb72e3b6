import type { Gemm, Matrix } from '../linalg/gemm.ts';

/** Moments of rows weighted by their influences ψ on FID: where in its kernel the influences lie. */
export interface InfluenceMoments {
  /** Mean of ψ(x) (x − μ) [d] */
  readonly mean: Float64Array;
  /** Mean of ψ(x) (ẑẑᵀ − I) [rank, rank] */
  readonly matrix: Matrix;
}

/** Adds them up, block by block. */
export class InfluenceSums {
  readonly #mean: Float64Array;
  readonly #matrix: Matrix;
  #influence = 0;
  #count = 0;

  constructor(
    dimension: number,
    rank: number,
    private readonly gemm: Gemm,
  ) {
    this.#mean = new Float64Array(dimension);
    this.#matrix = { data: new Float64Array(rank * rank), rows: rank, columns: rank };
  }

  /**
   * @param x − μ, the rows of a block
   * @param z ẑ of them
   * @param influence ψ of them
   */
  async add(x: Matrix, z: Matrix, influence: Float64Array): Promise<void> {
    const weighted = { ...z, data: new Float64Array(z.data.length) };
    for (const [i, weight] of influence.entries()) {
      for (let j = 0, k = i * z.columns; j < z.columns; j++, k++) {
        weighted.data[k] = weight * z.data[k]!;
      }
      for (let j = 0, k = i * x.columns; j < x.columns; j++, k++) {
        this.#mean[j]! += weight * x.data[k]!;
      }
      this.#influence += weight;
    }
    const { data } = await this.gemm.multiply(weighted, z, { transposeA: true });
    for (let k = 0; k < data.length; k++) this.#matrix.data[k]! += data[k]!;
    this.#count += influence.length;
  }

  finish(): InfluenceMoments {
    const scale = 1 / this.#count;
    const matrix = { ...this.#matrix, data: this.#matrix.data.map((value) => value * scale) };
    for (let i = 0; i < matrix.rows; i++) {
      matrix.data[i * (matrix.columns + 1)]! -= this.#influence * scale;
    }
    return { mean: this.#mean.map((value) => value * scale), matrix };
  }
}

/** Moments of rows of both sides together, those of one side weighted. */
export function addMoments(
  a: InfluenceMoments,
  b: InfluenceMoments,
  weight: number,
): InfluenceMoments {
  const { data } = a.matrix;
  return {
    mean: a.mean.map((value, i) => value + weight * b.mean[i]!),
    matrix: { ...a.matrix, data: data.map((value, k) => value + weight * b.matrix.data[k]!) },
  };
}

/** E ψ(x) h(x, y) ψ(y), x and y independent: |m|² + ½ Σ G_ij M_ij², h and G as in `rowMoments`. */
export function kernelAlong(roots: Float64Array, { mean, matrix }: InfluenceMoments): number {
  let total = mean.reduce((sum, value) => sum + value * value, 0);
  for (let i = 0, k = 0; i < roots.length; i++) {
    for (let j = 0; j < roots.length; j++, k++) {
      const weight = (roots[i]! * roots[j]!) / (roots[i]! + roots[j]!);
      total += 0.5 * weight * matrix.data[k]! ** 2;
    }
  }
  return total;
}
