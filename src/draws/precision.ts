import type { LinearAlgebra } from '../linalg/algebra.ts';
import { drawPrecision, type Precision, Scatter } from '../linalg/scatter.ts';
import { distanceOfMoments } from '../metrics/frechet.ts';
import { drawnBlocks } from './drawn-blocks.ts';
import { openRows } from './open-rows.ts';
import type { Watch } from './pool-moments.ts';
import type { DrawSpec, Sampling } from './spec.ts';

/** Largest relative change of a FID by single precision: far below any Monte-Carlo error. */
const TOLERATED = 1e-6;
/**
 * Most rows of the pilot draw, as a multiple of d: the closer N is to d, the smaller the eigenvalues
 * that rounding could change.
 */
const PILOT_ROWS = 2;
/** Seed of the pilot draw: those of a sweep count from 1. */
const PILOT = 0;

/**
 * The precision of a pool's draws, decided by a pilot draw whose FID is computed in both. Single is
 * enough for the features of a network. If the pool's covariance is singular and the reference's is
 * not (repeated images, draws with replacement from few rows), rounding turns zero eigenvalues into
 * small ones, whose roots are not small.
 *
 * @param sizes of the sweep, ascending: the smallest computed through its covariance is the worst case
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
    // The draws will meet the same error, and report it one by one.
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
  const [double, single] = await Promise.all(scatters.map((scatter) => scatter.moments()));
  const exact = await distanceOfMoments(geometry, double!, algebra);
  signal?.throwIfAborted();
  const rounded = await distanceOfMoments(geometry, single!, algebra);
  signal?.throwIfAborted();
  return { double: exact.distance, single: rounded.distance };
}
