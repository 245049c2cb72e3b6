import type { FeatureRows } from '../metrics/features.ts';

/**
 * The same features with every read counted. A read throws the signal's reason once it is aborted, so
 * that any number of passes can show progress and be interrupted.
 *
 * @param signal undefined if nobody can abort
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
