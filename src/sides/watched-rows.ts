import type { FeatureRows } from '../metrics/features.ts';

/**
 * The same features, each of whose reads is counted and ends with the signal's reason once that is
 * aborted: so any number of passes over them can be shown and broken off.
 *
 * @param signal none where nobody can abort
 * @param onRows called with the number of rows read so far
 */
export function watchedRows(
  features: FeatureRows,
  signal: AbortSignal | undefined,
  onRows: (done: number) => void,
): FeatureRows {
  const { path, rows, dimension } = features;
  let done = 0;
  return {
    ...(path !== undefined && { path }),
    rows,
    dimension,
    readBlock(start, count, out) {
      signal?.throwIfAborted();
      features.readBlock(start, count, out);
      done += count;
      onRows(done);
    },
  };
}
