import { readNpz, writeNpz } from '../arrays/npz.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { roundingProbe } from '../linalg/probe.ts';
import type { Reference } from '../metrics/reference.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { drawCodeHash } from '../provenance/code-hash.ts';
import { referenceOfSide, type Side } from './side.ts';

/**
 * The factored reference of a side, kept in the cache folder under the hash of the side's content, of
 * the code and of how this machine rounds: its covariance and factor are computed once, and the same
 * bits are read the next time as this code would compute. A file that is damaged, or cannot be
 * written, costs the computation and nothing else.
 *
 * @throws StudyError below two rows
 */
export async function cachedReference(side: Side, algebra: LinearAlgebra): Promise<Reference> {
  const path = cacheFolder('references', `${await keyOf(side)}.npz`);
  const kept = await readReference(path, side.dimension);
  if (kept) return kept;
  const reference = await referenceOfSide(side, algebra);
  await keepReference(path, reference);
  return reference;
}

async function keyOf({ sha256, kind }: Side): Promise<string> {
  return sha256Of(JSON.stringify([drawCodeHash(), await roundingProbe(), kind, sha256]));
}

async function readReference(path: string, dimension: number): Promise<Reference | null> {
  try {
    const { mean, trace, factor } = await readNpz(path, ['mean', 'trace', 'factor'], (each) => {
      const shapes = [each.mean.shape, each.trace.shape, each.factor.shape].map(String);
      const expected = [`${dimension}`, '1', `${dimension},${each.factor.shape[1]}`];
      if (String(shapes) !== String(expected)) throw new StudyError(`${path}: ${shapes}`, '');
    });
    const [rows = 0, columns = 0] = factor.shape;
    const matrix = { data: factor.values, rows, columns };
    return { mean: mean.values, trace: trace.values[0]!, factor: matrix };
  } catch (error) {
    // Missing, or damaged: a zip's members carry checksums.
    if (error instanceof StudyError) return null;
    throw error;
  }
}

async function keepReference(path: string, { mean, trace, factor }: Reference): Promise<void> {
  try {
    await writeNpz(path, {
      mean: { shape: [mean.length], values: mean },
      trace: { shape: [1], values: Float64Array.of(trace) },
      factor: { shape: [factor.rows, factor.columns], values: factor.data },
    });
  } catch (error) {
    // A full or read-only cache is no reason to fail.
    if (!(error instanceof StudyError)) throw error;
  }
}
