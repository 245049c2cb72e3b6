import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { referenceOfFeatures } from '../../metrics/features.ts';
import { stream } from '../../random/stream.ts';
import { cachedReference } from '../../sides/reference-cache.ts';
import type { StudyContext } from '../kind.ts';
import type { SetPair } from '../real-images/pair.ts';
import { type Pool, poolOf, requireRows, split } from '../real-images/pool.ts';
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
  /** The reference, and what of the clean set is compared with it. */
  async function openReference() {
    if ('path' in reference) {
      const { pool, side } = await open('reference', reference.path);
      return { referencePool: pool, ready: await cachedReference(side, algebra), rest: ofClean };
    }
    const order = stream(common.studySeed, 'reference');
    const [pool, rest] = split(ofClean, reference.rows, order);
    return { referencePool: pool, ready: await referenceOfFeatures(pool, algebra), rest };
  }
  const ofClean = (await open(CLEAN, clean.path)).pool;
  const { referencePool, ready, rest } = await openReference();
  const sets = [{ name: CLEAN, generated: rest }];
  for (const { name, path } of corrupted) {
    sets.push({ name, generated: (await open(name, path)).pool });
  }
  return sets.map(
    ({ name, generated }): SetPair => ({
      ...common,
      name,
      referencePool,
      reference: ready,
      generated,
      sizes,
      metric: 'all',
      isNull: name === CLEAN,
    }),
  );
}
