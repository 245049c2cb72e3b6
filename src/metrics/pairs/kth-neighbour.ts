import type { Gemm } from '../../linalg/gemm.ts';
import { chosenRows, type Rows } from '../sample.ts';
import type { Nearest } from './nearest.ts';
import { eachProduct, type PairWatch } from './products.ts';
import { Recheck } from './recheck.ts';
import { roundingOf, squaredDistance, squares } from './scales.ts';

/** The k-th nearest row of each of N rows: its squared distance, exact (float64 sums of float32 rows). */
export interface KthNeighbour {
  /** [N]; Infinity if there are fewer than k. */
  readonly distances: Float64Array;
  /** Its number; of several at one distance, they are counted in order. */
  readonly indices: Int32Array;
}

/** Candidates for the nearest rows of a sample's among those of another, or among its own others. */
export interface Candidates {
  readonly sample: Rows;
  readonly among: Rows;
  readonly found: Nearest;
}

/**
 * Candidates come from float32 products, in an order that their rounding may have changed. The exact
 * distances of those that may be the k-th decide; most often that is one. Rows for which a row that is
 * no candidate may be nearer than the one found are compared with all rows again.
 */
export async function kthNeighbour(
  { sample, among, found }: Candidates,
  k: number,
  gemm: Gemm,
  watch: PairWatch,
): Promise<KthNeighbour> {
  const { rows, dimension } = sample;
  const { distances: roughly, indices: candidates, limits, capacity } = found;
  const distances = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const indices = new Int32Array(rows).fill(-1);
  const [own, others] = [squares(sample), squares(among)];
  const longest = others.reduce((most, each) => Math.max(most, each), 0);
  const rounding = roundingOf(dimension);
  const [x, y] = [new Float32Array(dimension), new Float32Array(dimension)];
  const unsure: number[] = [];
  const within: number[] = [];
  for (let row = 0; row < rows; row++) {
    const first = row * capacity;
    if (candidates[first + k - 1]! < 0) continue;
    const data = sample.read(row, 1, x);
    // Each rough distance is off by this at most, and with it the k-th smallest of them.
    const off = rounding * (own[row]! + longest);
    const middle = roughly[first + k - 1]!;
    const possible: Candidate[] = [];
    let nearer = 0;
    for (let at = first; at < first + capacity && candidates[at]! >= 0; at++) {
      if (roughly[at]! < middle - 2 * off) nearer++;
      else if (!(roughly[at]! > middle + 2 * off)) {
        const index = candidates[at]!;
        const other = among.read(index, 1, y);
        possible.push({ index, distance: squaredDistance(data, 0, other, 0, dimension) });
      }
    }
    const kth = possible.sort(byDistance)[k - 1 - nearer]!;
    distances[row] = kth.distance;
    indices[row] = kth.index;
    // Whoever is no candidate is at least this far.
    const beyond = limits[row]! - off;
    if (candidates[first + capacity - 1]! >= 0 && kth.distance > 0 && kth.distance > beyond) {
      unsure.push(row);
      within.push(kth.distance + off);
    }
  }
  if (unsure.length > 0) {
    const order = Uint32Array.from(unsure);
    const again = new Recheck(order, own, { sample, among }, Float64Array.from(within), k);
    await eachProduct(chosenRows(sample, order), among, gemm, [again], { signal: watch.signal });
    for (const [at, row] of order.entries()) {
      distances[row] = again.found.distances[at * k + k - 1]!;
      indices[row] = again.found.indices[at * k + k - 1]!;
    }
  }
  return { distances, indices };
}

interface Candidate {
  readonly index: number;
  readonly distance: number;
}

/** Of two at one distance the first: the same for any order in which they were found. */
function byDistance(a: Candidate, b: Candidate): number {
  return a.distance - b.distance || a.index - b.index;
}
