import type { ImageSource } from '../../images/source.ts';
import { subset } from '../../images/subset.ts';
import type { UnitResult } from '../../jobs/part-file.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { SampleMoments } from '../../linalg/scatter.ts';
import { momentsOfFeatures } from '../../metrics/features.ts';
import type { Extractor } from '../../models/extractor.ts';
import { Digests } from '../digests.ts';
import { noKnownRows } from '../known-rows.ts';
import type { Place } from '../provider.ts';
import { runNetwork } from '../run-network.ts';
import type { Block, Keeps } from './job.ts';
import { MemorySet } from './memory-set.ts';
import { momentsBytes, resultOf } from './part.ts';

export interface BlockRun {
  readonly source: ImageSource;
  readonly extractor: Extractor;
  readonly batchSize: number;
  readonly places: readonly Place[];
  readonly skipBad: boolean;
  readonly keeps: Keeps;
  readonly algebra: LinearAlgebra;
  readonly signal: AbortSignal;
  /** Called with the images of the block that are done. */
  readonly onDone: (images: number) => void;
}

/**
 * Extracts one block of a set. Its batches are those that an extraction of the whole set forms there, so
 * that a deterministic one gives the same bits.
 *
 * @throws StudyError for a damaged image, unless `skipBad`; the signal's reason once it is aborted
 */
export async function runBlock(
  { start, end }: Block,
  { source, extractor, keeps, algebra, ...run }: BlockRun,
): Promise<UnitResult> {
  const { dimension } = extractor;
  const positions = Uint32Array.from({ length: end - start }, (_, i) => start + i);
  const digests = new Digests(end - start);
  const set = new MemorySet(end - start, dimension);
  await runNetwork({
    ...run,
    source: subset(source, positions),
    extractor,
    digests,
    set,
    known: noKnownRows,
    threads: 1,
    deterministic: true,
  });
  const skipped = set.skipped.map(({ index, reason }) => ({ index: start + index, reason }));
  const value = { rows: set.rows, dimension, skipped };
  const { features } = set;
  const kept =
    keeps === 'features' || set.rows === 0
      ? new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
      : momentsBytes(await momentsOf(features, dimension, algebra));
  return resultOf(value, digests.bytes(0, end - start), kept);
}

/** Mean and covariance of rows [n, d] about their own mean; the covariance of one row is 0. */
async function momentsOf(
  features: Float32Array,
  dimension: number,
  algebra: LinearAlgebra,
): Promise<SampleMoments> {
  const rows = features.length / dimension;
  if (rows === 1) {
    const data = new Float64Array(dimension ** 2);
    const covariance = { data, rows: dimension, columns: dimension };
    return { count: 1, mean: Float64Array.from(features), covariance };
  }
  return momentsOfFeatures(
    {
      rows,
      dimension,
      readBlock: (start, count, out) =>
        out.set(features.subarray(start * dimension, (start + count) * dimension)),
    },
    algebra,
  );
}
