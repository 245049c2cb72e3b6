import type { FeatureRows } from './features.ts';

/** Rows [rows, dimension] of one side, as metrics read them: in float32, like the features of networks. */
export interface Rows {
  readonly rows: number;
  readonly dimension: number;
  /** Rows `start` to `start + count`, row-major: in `out`, or a view of rows that are in memory. */
  read(start: number, count: number, out: Float32Array): Float32Array;
}

/** One side of a comparison: a draw, a reference, or a whole set. */
export interface Sample extends Rows {
  /** Class scores [rows, classes], the logits of the network; null where they are not known. */
  readonly logits: Rows | null;
  /** Spatial features [rows, 2023]; null where they are not known. */
  readonly spatial: Rows | null;
}

/** Rows that are in memory. */
export function rowsInMemory(data: Float32Array, rows: number, dimension: number): Rows {
  return {
    rows,
    dimension,
    read: (start, count) => data.subarray(start * dimension, (start + count) * dimension),
  };
}

/** A sample without logits and spatial features, or with those given. */
export function sampleOf(
  rows: Rows,
  { logits = null, spatial = null }: Partial<Pick<Sample, 'logits' | 'spatial'>> = {},
): Sample {
  const { dimension, read } = rows;
  return { rows: rows.rows, dimension, read, logits, spatial };
}

/** The same rows as the older parts of the package read them, in float64. */
export function asFeatures({ rows, dimension, read }: Rows, path?: string): FeatureRows {
  return {
    ...(path !== undefined && { path }),
    rows,
    dimension,
    readBlock(start, count, out) {
      out.set(read(start, count, new Float32Array(count * dimension)));
    },
  };
}

/** Some of the rows, in the order given. */
export function chosenRows({ dimension, read }: Rows, order: Uint32Array): Rows {
  const row = new Float32Array(dimension);
  return {
    rows: order.length,
    dimension,
    read(start, count, out) {
      for (let i = 0; i < count; i++) out.set(read(order[start + i]!, 1, row), i * dimension);
      return out.subarray(0, count * dimension);
    },
  };
}

/** The same of all arrays of a sample. */
export function chosenSample(sample: Sample, order: Uint32Array): Sample {
  const { logits, spatial } = sample;
  return sampleOf(chosenRows(sample, order), {
    logits: logits && chosenRows(logits, order),
    spatial: spatial && chosenRows(spatial, order),
  });
}

const kept = new WeakMap<object, Map<string, unknown>>();

/** What several metrics need of one object: computed by the first, as long as the object lives. */
export function once<Value>(of: object, key: string, compute: () => Value): Value {
  let known = kept.get(of);
  if (!known) {
    known = new Map();
    kept.set(of, known);
  }
  if (!known.has(key)) known.set(key, compute());
  return known.get(key) as Value;
}
