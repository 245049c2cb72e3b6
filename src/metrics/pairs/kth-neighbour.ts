import type { Rows } from '../sample.ts';
import { Nearest } from './nearest.ts';
import { BLOCK, roundingOf, squaredDistance, squares } from './scales.ts';

/** The k-th nearest row of each of N rows: its squared distance, exact (float64 sums of float32 rows). */
export interface KthNeighbour {
  /** [N]; Infinity if there are fewer than k. */
  readonly distances: Float64Array;
  /** Its number; of several at one distance, they are counted in order. */
  readonly indices: Int32Array;
}

/**
 * Candidates come from float32 products, in an order that their rounding may have changed. The exact
 * distances of those that may be the k-th decide; most often that is one. If a row that is no candidate
 * may be nearer than the one found, all rows are looked at.
 *
 * @param found the candidates among the rows of `among`
 * @param isOwn whether both are one sample, in which a row is not its own neighbour
 */
export function kthNeighbour(
  sample: Rows,
  among: Rows,
  found: Nearest,
  k: number,
  isOwn: boolean,
): KthNeighbour {
  const { rows, dimension } = sample;
  const { distances: roughly, indices: candidates, limits, capacity } = found;
  const distances = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const indices = new Int32Array(rows).fill(-1);
  const [own, others] = [squares(sample), squares(among)];
  const longest = others.reduce((most, each) => Math.max(most, each), 0);
  const rounding = roundingOf(dimension);
  const [x, y] = [new Float32Array(dimension), new Float32Array(dimension)];
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
    let kth = possible.sort(byDistance)[k - 1 - nearer]!;
    const isFull = candidates[first + capacity - 1]! >= 0;
    // Whoever is no candidate is at least this far.
    const beyond = limits[row]! - off;
    if (isFull && kth.distance > 0 && kth.distance > beyond) {
      kth = kthOfAll(among, data, isOwn ? row : -1, k);
    }
    distances[row] = kth.distance;
    indices[row] = kth.index;
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

/** The k-th nearest of all rows, by exact distances. */
function kthOfAll(among: Rows, data: Float32Array, itself: number, k: number): Candidate {
  const { rows, dimension } = among;
  const found = new Nearest(1, k);
  const memory = new Float32Array(Math.min(BLOCK, rows) * dimension);
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    const block = among.read(start, count, memory);
    for (let i = 0; i < count; i++) {
      if (start + i === itself) continue;
      const distance = squaredDistance(data, 0, block, i * dimension, dimension);
      if (distance < found.limits[0]!) found.add(0, start + i, distance);
    }
  }
  return { index: found.indices[k - 1]!, distance: found.distances[k - 1]! };
}
