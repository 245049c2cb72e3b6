import type { LinearAlgebra } from '../linalg/algebra.ts';
import { drawPrecision, type Precision, Scatter } from '../linalg/scatter.ts';
import { distanceOfMoments } from '../metrics/frechet.ts';
import { drawnBlocks } from './drawn-blocks.ts';
import { openRows } from './open-rows.ts';
import type { Watch } from './pool-moments.ts';
import type { DrawSpec, Sampling } from './spec.ts';

/** What single precision may move a FID by, relative to it: far below any Monte-Carlo error. */
const TOLERATED = 1e-6;
/**
 * Rows of the pilot draw at most, in dimensions: the nearer N is to d, the smaller the eigenvalues that
 * rounding could move.
 */
const PILOT_ROWS = 2;
/** No draw of a sweep need have it: seeds count from 1. */
const PILOT = 0;

/**
 * The precision of a pool's draws, decided by a pilot draw whose FID is computed in both. Single holds
 * on features as networks give them; where the pool's covariance is singular and the reference's is
 * not (repeated images, draws with replacement from few rows), rounding would turn zero eigenvalues
 * into small ones, whose roots are not small.
 *
 * @param sizes of the sweep, ascending: the smallest that goes by its covariance is the worst case
 * @throws the signal's reason once it is aborted
 */
export async function precisionOfPool(
  source: DrawSpec,
  sampling: Sampling,
  sizes: readonly number[],
  algebra: LinearAlgebra,
  watch: Watch = {},
): Promise<Precision> {
  const d = source.geometry.dimension;
  const smallest = sizes.find((each) => each > d);
  if (drawPrecision(d) === 'double' || smallest === undefined) return 'double';
  const size = Math.min(smallest, PILOT_ROWS * d);
  try {
    const { double, single } = await pilotDraw(source, sampling, size, algebra, watch);
    return Math.abs(single - double) <= TOLERATED * Math.abs(double) ? 'single' : 'double';
  } catch {
    watch.signal?.throwIfAborted();
    // The draws themselves will meet whatever it was, and say so one by one.
    return 'double';
  }
}

/** FID of one draw in both precisions. */
async function pilotDraw(
  { geometry, rows }: DrawSpec,
  sampling: Sampling,
  size: number,
  algebra: LinearAlgebra,
  { signal, onRows }: Watch,
): Promise<{ double: number; single: number }> {
  const d = geometry.dimension;
  const opened = openRows(rows, sampling);
  const scatters = (['double', 'single'] as const).map(
    (precision) => new Scatter(d, algebra.gemm, precision),
  );
  try {
    const reader = opened.draw(PILOT, [size]);
    for await (const { data, count } of drawnBlocks(reader, size, d)) {
      for (const scatter of scatters) await scatter.add(data, count);
      signal?.throwIfAborted();
      onRows?.(scatters[0]!.count, size, 'a pilot draw');
    }
  } finally {
    await opened.close();
  }
  const [double, single] = scatters.map((scatter) => scatter.moments());
  const exact = await distanceOfMoments(geometry, double!, algebra);
  signal?.throwIfAborted();
  const rounded = await distanceOfMoments(geometry, single!, algebra);
  signal?.throwIfAborted();
  return { double: exact.distance, single: rounded.distance };
}
