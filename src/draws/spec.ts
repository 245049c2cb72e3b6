import type { Precision, SampleMoments } from '../linalg/scatter.ts';
import type { Geometry } from '../metrics/frechet.ts';
import type { MetricSpec } from './metric-spec.ts';

/** Where the rows of a draw come from. Plain data, so that it can be sent to a worker. */
export type RowSpec =
  /** Fresh standard normals for every draw. */
  | { readonly kind: 'normals'; readonly dimension: number }
  /** Normals, of which many rows at a time are drawn by their moments: the same distribution. */
  | { readonly kind: 'blocks'; readonly dimension: number }
  /** No rows: mean and covariance of a draw of standard normals are drawn directly. */
  | { readonly kind: 'exact-moments'; readonly dimension: number }
  /** Rows of a finite pool, an `.npy` [pool, d] that has been verified; z = x − shift. */
  | {
      readonly kind: 'pool';
      readonly path: string;
      readonly rows: number;
      readonly shift: Float64Array;
      /** Rows of the file that make up the pool, ascending; all of them by default. */
      readonly of?: Uint32Array;
      /** Moments of z over the whole pool, if draws of more than half of it are needed. */
      readonly total?: SampleMoments;
      /** Class of each row, if draws keep the class proportions. */
      readonly classes?: Uint32Array;
    };

/** Everything a worker needs to run draws of a sweep. */
export interface DrawSpec {
  readonly geometry: Geometry;
  readonly rows: RowSpec;
  /** Precision of draws that are computed through their covariance; double by default. */
  readonly precision?: Precision;
  /** Metrics besides FID, if there are any. */
  readonly metrics?: MetricSpec;
}

/** How draws are made: the seed common to all, and how rows are taken from a pool. */
export interface Sampling {
  readonly studySeed: number;
  readonly replacement: boolean;
  /** Whether all sizes of a seed are prefixes of one draw. */
  readonly nested: boolean;
}

/** The rows of one draw, read once from first to last. */
export interface RowReader {
  /** Writes the next `count` rows z to `out` [count, d]. */
  next(out: Float64Array, count: number): void | Promise<void>;
}

export interface OpenRows {
  /**
   * Starts a draw.
   *
   * @param cuts sizes at which the draw is looked at, ascending: between two of them the order of
   *   rows is free, so that a pool is read in file order
   */
  draw(seed: number, cuts: readonly number[]): RowReader;
  /** Moments of the whole pool, if they are known and draws are without replacement. */
  readonly total?: SampleMoments | undefined;
  /**
   * Starts with the rows that a draw of a pool leaves out.
   *
   * @param sizes of the nested draws, ascending; the rows left out of the largest come first
   */
  leftOut?(seed: number, sizes: readonly number[]): RowReader;
  /** If rows `start` to `end` of a draw may be drawn by their moments: the key of their stream. */
  blockKey?(seed: number, cuts: readonly number[], start: number, end: number): (string | number)[];
  /** If moments are drawn instead of rows: the key of their stream. */
  momentsKey?(seed: number, size: number): (string | number)[];
  close(): void | Promise<void>;
}

/** The key of the stream of a draw's rows: any draw can be repeated alone. */
export function drawKey(
  { studySeed, nested }: Sampling,
  seed: number,
  cuts: readonly number[],
): (string | number)[] {
  return nested ? [studySeed, seed, 'draw'] : [studySeed, seed, 'draw', cuts.at(-1)!];
}
