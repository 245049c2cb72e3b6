/** For each of N rows its few nearest others, by squared distances that may be slightly off. */
export class Nearest {
  /** Squared distances [rows, capacity], ascending. */
  readonly distances: Float64Array;
  /** The other rows' numbers; −1 where there are fewer. */
  readonly indices: Int32Array;
  /** The largest distance kept of each row: a row that is further is no candidate. */
  readonly limits: Float64Array;

  constructor(
    readonly rows: number,
    readonly capacity: number,
  ) {
    this.distances = new Float64Array(rows * capacity).fill(Number.POSITIVE_INFINITY);
    this.indices = new Int32Array(rows * capacity).fill(-1);
    this.limits = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  }

  /** Takes a candidate that is nearer than the row's limit. */
  add(row: number, index: number, distance: number): void {
    const first = row * this.capacity;
    let at = first + this.capacity - 1;
    while (at > first && this.distances[at - 1]! > distance) {
      this.distances[at] = this.distances[at - 1]!;
      this.indices[at] = this.indices[at - 1]!;
      at--;
    }
    this.distances[at] = distance;
    this.indices[at] = index;
    this.limits[row] = this.distances[first + this.capacity - 1]!;
  }
}
