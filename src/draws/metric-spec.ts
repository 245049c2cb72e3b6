import type { LinearMap } from '../linalg/linear-map.ts';

/** Arrays beside the features, `.npy` of as many rows, for metrics that read them. */
export interface ExtraPaths {
  readonly logits?: string | undefined;
  readonly spatial?: string | undefined;
}

/** Where the rows of the reference come from. Plain data, so that it can be sent to a worker. */
export type ReferenceRows =
  /** An `.npy` that has been verified; some of its rows, or all. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly rows: number;
      readonly of?: Uint32Array;
      readonly extra?: ExtraPaths;
    }
  /** Fresh rows w · map of standard normals w for every seed, as many as given. */
  | {
      readonly kind: 'normals';
      readonly map: LinearMap;
      readonly dimension: number;
      readonly rows: number;
    };

/** The metrics of a sweep's draws besides FID, and what they compare with. */
export interface MetricSpec {
  readonly names: readonly string[];
  readonly reference: ReferenceRows;
  /** Arrays of the pool. */
  readonly extra?: ExtraPaths;
}

/** Bytes of rows that a worker holds: those of the largest draw, and of a reference that is drawn. */
export function metricBytes(
  spec: MetricSpec | undefined,
  dimension: number,
  largest: number,
): number {
  if (!spec) return 0;
  const { reference } = spec;
  const rows = largest + (reference.kind === 'normals' ? reference.rows : 0);
  return 4 * dimension * rows + BLOCKS;
}

/** Two blocks of rows at d = 2048, and their products. */
const BLOCKS = 60e6;
