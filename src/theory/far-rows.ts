import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Resolvent } from './resolvent.ts';

/** A row and how far out it is. */
export interface FarRow {
  /** Where it is stored, from 0. */
  readonly row: number;
  /**
   * Its odds h/(1 − h), h its leverage among the rows that are no candidates: its squared distance by
   * their scatter, and one over their number.
   */
  readonly odds: number;
}

/** Candidates of each of two lists: a group that is no larger cannot hide its members. */
const CANDIDATES = 12;
/** Both lists are at most this share of the rows beyond d: the others are what candidates are measured by. */
const SHARE = 1 / 2;
/** 1 − η of a direction that the candidates make alone, to rounding. */
const TINY = 1e-12;

/**
 * The rows of a sample that are furthest out, each by the covariance of the rows that are not among
 * them. One row far out has a leverage near 1; k equal ones have 1/k each, for together they make their
 * direction, and from 1/k = d/N on they look like all others. So candidates are not by leverage alone.
 * With x of effective dimension A(y) where noise is cut off at y, a row's share h(y)/(A(y)/N) of the
 * spectrum from y up is 1 on average, and N/(k A(y)) for a group that lies beyond y: a few candidates by
 * each. All are then taken out at once. With H = Z Zᵀ/(N − 1) + 1/N their hat matrix, those of the rest
 * of the sample are H (I − H)⁻¹, exactly (Woodbury), so that no candidate hides another.
 */
export class FarRows {
  readonly #lists: readonly Furthest[];
  readonly #expected: Float64Array;
  readonly #rank: number;

  constructor(
    { nodes, trace, roots }: Resolvent,
    private readonly rows: number,
  ) {
    this.#rank = roots.length;
    const most = Math.floor((SHARE * (rows - roots.length)) / 2);
    const count = Math.max(2, Math.min(CANDIDATES, most));
    this.#lists = [new Furthest(count), new Furthest(count)];
    // Beyond the spectrum all nodes say the same, the length of a row.
    this.#expected = Float64Array.from(nodes, (_, k) => trace[k]! / rows);
  }

  /**
   * @param z ẑ of the row, of unit variance [rank]; copied if it is kept
   * @param leverages h(y) at the nodes, from `offset` on
   */
  add(row: number, z: Float64Array, leverages: Float64Array, offset: number): void {
    let white = 0;
    for (const value of z) white += value * value;
    let share = 0;
    for (const [k, expected] of this.#expected.entries()) {
      share = Math.max(share, leverages[offset + k]! / expected);
    }
    this.#lists[0]!.add(row, white, z);
    this.#lists[1]!.add(row, share, z);
  }

  /**
   * @param order where rows are stored, if not in the order in which they were taken
   * @returns the candidates, the furthest first; none where there are no more rows than dimensions,
   *   whose leverages are all 1
   */
  async finish({ symmetricEigen }: LinearAlgebra, order?: Uint32Array): Promise<FarRow[]> {
    const [rank, rows] = [this.#rank, this.rows];
    if (rank >= rows - 1) return [];
    const candidates = new Map(
      this.#lists.flatMap((list) => list.kept.map((at) => [at.row, at.z])),
    );
    const [names, z] = [[...candidates.keys()], [...candidates.values()]];
    const count = names.length;
    const hat = new Float64Array(count * count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let product = 0;
        for (let k = 0; k < rank; k++) product += z[i]![k]! * z[j]![k]!;
        hat[i * count + j] = product / (rows - 1) + 1 / rows;
      }
    }
    const { values, vectors } = await symmetricEigen(hat, count);
    const odds = names.map((_, i) => {
      let total = 0;
      for (const [k, value] of values.entries()) {
        const part = vectors[i * count + k]!;
        total += (part * part * Math.max(0, value)) / Math.max(TINY, 1 - value);
      }
      return total;
    });
    return names
      .map((row, i) => ({ row: order?.[row] ?? row, odds: odds[i]! }))
      .sort((a, b) => b.odds - a.odds || a.row - b.row);
  }
}

/** The rows with the largest values so far. */
class Furthest {
  /** In no order. */
  readonly kept: { row: number; value: number; z: Float64Array }[] = [];

  constructor(private readonly count: number) {}

  add(row: number, value: number, z: Float64Array): void {
    const { kept } = this;
    if (kept.length < this.count) {
      kept.push({ row, value, z: z.slice() });
      return;
    }
    const least = kept.reduce((a, b) => (b.value < a.value ? b : a));
    if (value <= least.value) return;
    kept.splice(kept.indexOf(least), 1, { row, value, z: z.slice() });
  }
}
