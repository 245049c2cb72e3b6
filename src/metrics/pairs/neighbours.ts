import { StudyError } from '../../errors.ts';
import type { Rows } from '../sample.ts';
import { Nearest } from './nearest.ts';
import type { ProductBlock, Visitor } from './products.ts';
import { BLOCK, roundingOf, squaredDistance, squares } from './scales.ts';

/** The largest k of a ball's radius. */
export const MOST_NEIGHBOURS = 5;

/** Candidates beyond them: rounding may have put them in a wrong order. */
const SPARE = 3;

/**
 * Squared distances to the nearest rows of `among`, exact (float64 sums of float32 rows): [rows, k],
 * ascending, with the number of the nearest. Candidates come from float32 products; where a row that is
 * none of them could be nearer within the rounding of these, all rows are looked at.
 */
export interface Neighbours {
  readonly k: number;
  readonly distances: Float64Array;
  readonly nearest: Int32Array;
}

/** Collects the nearest neighbours of each row within its own sample. */
export class OwnNeighbours implements Visitor {
  readonly #found: Nearest;
  readonly #squares: Float64Array;

  constructor(private readonly sample: Rows) {
    this.#found = new Nearest(sample.rows, MOST_NEIGHBOURS + SPARE);
    this.#squares = squares(sample);
  }

  visit({ i, j, rows, columns, products, isDiagonal }: ProductBlock): void {
    const found = this.#found;
    const { limits } = found;
    const lengths = this.#squares;
    for (let row = 0; row < rows; row++) {
      const x = i + row;
      const length = lengths[x]!;
      for (let column = isDiagonal ? row + 1 : 0, k = row * columns + column; column < columns; ) {
        const y = j + column++;
        const distance = length + lengths[y]! - 2 * products[k++]!;
        if (distance < limits[x]!) found.add(x, y, distance);
        if (distance < limits[y]!) found.add(y, x, distance);
      }
    }
  }

  /** Call it after all pairs. */
  exact(): Neighbours {
    const { sample } = this;
    return exactly(sample, sample, this.#found, MOST_NEIGHBOURS, true);
  }
}

/**
 * Exact distances of candidates.
 *
 * @param isOwn whether both are one sample, in which a row is not its own neighbour
 */
export function exactly(
  sample: Rows,
  among: Rows,
  { distances: roughly, indices, limits, capacity }: Nearest,
  k: number,
  isOwn: boolean,
): Neighbours {
  const { rows, dimension } = sample;
  const distances = new Float64Array(rows * k).fill(Number.POSITIVE_INFINITY);
  const nearest = new Int32Array(rows).fill(-1);
  const [own, others] = [squares(sample), squares(among)];
  const longest = others.reduce((most, each) => Math.max(most, each), 0);
  const rounding = roundingOf(dimension);
  const x = new Float32Array(dimension);
  const y = new Float32Array(dimension);
  const to = (data: Float32Array, index: number) =>
    squaredDistance(data, 0, among.read(index, 1, y), 0, dimension);
  for (let row = 0; row < rows; row++) {
    const first = row * capacity;
    const data = sample.read(row, 1, x);
    let found: Candidate[] = [];
    for (let at = first; at < first + capacity && indices[at]! >= 0; at++) {
      found.push({ index: indices[at]!, distance: to(data, indices[at]!) });
    }
    found.sort(byDistance);
    const last = found[Math.min(k, found.length) - 1]?.distance ?? 0;
    // Whoever is no candidate is at least this far.
    const beyond = limits[row]! - rounding * (own[row]! + longest);
    if (last > 0 && last > beyond && Number.isFinite(roughly[first + capacity - 1]!)) {
      found = allDistances(among, data, isOwn ? row : -1, k);
    }
    for (let at = 0; at < Math.min(k, found.length); at++) {
      distances[row * k + at] = found[at]!.distance;
    }
    nearest[row] = found[0]?.index ?? -1;
  }
  return { k, distances, nearest };
}

interface Candidate {
  readonly index: number;
  readonly distance: number;
}

/** Of two at one distance the first: the same for any order in which they were found. */
function byDistance(a: Candidate, b: Candidate): number {
  return a.distance - b.distance || a.index - b.index;
}

/** The nearest of all rows, by exact distances. */
function allDistances(among: Rows, data: Float32Array, itself: number, k: number): Candidate[] {
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
  return [...found.indices].flatMap((index, at) =>
    index < 0 ? [] : [{ index, distance: found.distances[at]! }],
  );
}

/**
 * The squared radius of each row's ball: the distance to its k-th neighbour.
 *
 * @throws StudyError with no more than k rows
 */
export function radii({ k: most, distances }: Neighbours, k: number, what: string): Float64Array {
  const rows = distances.length / most;
  if (k >= rows) {
    throw new StudyError(
      `k = ${k} neighbours of each of ${rows} ${what} images`,
      `a ball to the ${k}th neighbour needs at least ${k + 1} images on each side`,
    );
  }
  return Float64Array.from({ length: rows }, (_, row) => distances[row * most + k - 1]!);
}
