import { PADDING, type Tile } from './tile.ts';

/** More than twice what float32 may round of a threshold, as a share of its terms. */
const SLACK = 2 ** -22;

/**
 * Finds the pairs of a block that lie close, |x|² + |y|² − 2 xᵀy ≤ r: those with xᵀy at least
 * (|x|² + |y|² − r) / 2, in float32, less its rounding. So a few too many are found, and none is missed.
 */
export class ColumnScan {
  /** Columns found by the last call, ascending. */
  readonly hits: Uint32Array;
  /** |y|² / 2 and (|y|² − reach) / 2 */
  readonly #ofRows: Float32Array;
  readonly #ofColumns: Float32Array;
  #largest = 0;

  /**
   * @param lengths |y|² of the block's columns
   * @param reach a squared distance at which each column matters
   */
  constructor(
    private readonly tile: Tile,
    private readonly lengths: Float64Array,
    private readonly reach: Float64Array,
  ) {
    const columns = lengths.length;
    const [, ofRows, ofColumns, hits] = tile.addresses;
    this.#ofRows = new Float32Array(tile.buffer, ofRows, columns + PADDING);
    this.#ofColumns = new Float32Array(tile.buffer, ofColumns, columns + PADDING);
    this.hits = new Uint32Array(tile.buffer, hits, columns);
    this.#ofRows.fill(Number.POSITIVE_INFINITY);
    this.#ofColumns.fill(Number.POSITIVE_INFINITY);
    for (let column = 0; column < columns; column++) {
      this.#ofRows[column] = lengths[column]! / 2;
      this.#largest = Math.max(this.#largest, lengths[column]! / 2);
      this.update(column);
    }
  }

  /** Call it after a column's reach has shrunk. */
  update(column: number): void {
    const threshold = (this.lengths[column]! - this.reach[column]!) / 2;
    this.#ofColumns[column] = threshold;
    if (Number.isFinite(threshold)) this.#largest = Math.max(this.#largest, Math.abs(threshold));
  }

  /**
   * The columns from `first` on whose squared distance from a row is at most `most`, or at most the
   * column's reach plus `more`.
   *
   * @param length |x|²
   * @returns how many there are
   */
  find(row: number, first: number, length: number, most: number, more: number): number {
    const { kernel, addresses } = this.tile;
    const [products, ofRows, ofColumns, hits] = addresses;
    const columns = this.lengths.length;
    return kernel.closeColumns(
      products + 4 * row * columns,
      first,
      columns,
      this.#lowered((length - most) / 2),
      ofRows,
      this.#lowered((length - more) / 2),
      ofColumns,
      hits,
    );
  }

  #lowered(threshold: number): number {
    if (!Number.isFinite(threshold)) return threshold;
    return threshold - SLACK * (Math.abs(threshold) + this.#largest);
  }
}
