import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { cachedReference } from '../../sides/reference-cache.ts';
import type { StudyContext } from '../kind.ts';
import type { SetPair } from '../real-images/pair.ts';
import { type Pool, poolOf, requireRows } from '../real-images/pool.ts';
import { CLEAN } from './result.ts';
import type { MetricsSettings } from './settings.ts';

type RealSettings = NonNullable<MetricsSettings['real']>;

/** Opens the real sets: the clean and the corrupted ones, each against the same reference. */
export async function openRealPairs(
  { reference, clean, corrupted, sizes }: RealSettings,
  common: { readonly seeds: number; readonly studySeed: number },
  { openSide }: StudyContext,
  algebra: LinearAlgebra,
  opened: Pool[],
): Promise<SetPair[]> {
  async function open(name: string, path: string) {
    const side = requireRows(await openSide(path, { use: 'rows' }));
    const pool = poolOf(name, side);
    opened.push(pool);
    return { pool, side };
  }
  const { pool: referencePool, side } = await open('reference', reference.path);
  const ready = await cachedReference(side, algebra);
  const pairs: SetPair[] = [];
  for (const { name, path } of [{ name: CLEAN, ...clean }, ...corrupted]) {
    const { pool: generated } = await open(name, path);
    pairs.push({
      ...common,
      name,
      referencePool,
      reference: ready,
      generated,
      sizes,
      metric: 'all',
      isNull: name === CLEAN,
    });
  }
  return pairs;
}
