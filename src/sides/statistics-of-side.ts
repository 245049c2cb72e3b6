import type { Statistics } from '../arrays/statistics.ts';
import { statisticsOfFeatures } from '../metrics/features.ts';
import type { Side } from './side.ts';

/**
 * Mean and covariance of a side, computed from its rows if it has them.
 *
 * @throws StudyError below two rows
 */
export async function statisticsOfSide(
  side: Side,
): Promise<{ readonly statistics: Statistics; readonly spatial?: Statistics }> {
  if (side.kind === 'features') return { statistics: await statisticsOfFeatures(side) };
  const statistics = { ...side.statistics, dimension: side.dimension };
  return { statistics, ...(side.spatial && { spatial: await side.spatial() }) };
}
