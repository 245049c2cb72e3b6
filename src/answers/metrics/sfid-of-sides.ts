import { openNpyRows } from '../../arrays/npy-file.ts';
import { StudyError } from '../../errors.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { statisticsOfFeatures } from '../../metrics/features.ts';
import { frechetDistance } from '../../metrics/frechet-distance.ts';
import type { Statistics } from '../../metrics/reference.ts';
import { lacksArray } from '../../metrics/required.ts';
import type { Side } from '../../sides/side.ts';

/** Why sFID of a side is not to be had: it needs spatial features or, as ADM's files have, their statistics. */
export function refuseSpatial(side: Side): StudyError | undefined {
  if (side.kind === 'features') {
    return side.extra?.spatial === undefined ? lacksArray('spatial', side.path) : undefined;
  }
  if (side.spatial) return undefined;
  return new StudyError(
    `${side.path} holds no statistics of spatial features (mu_s, sigma_s)`,
    'give such a file of ADM, or images, or leave sfid out of --metric',
  );
}

/**
 * sFID of two sides, one of which at least holds statistics.
 *
 * @throws StudyError for spatial features of different networks, and for those that are not to be had
 */
export async function sfidOfSides(
  reference: Side,
  generated: Side,
  algebra: LinearAlgebra,
): Promise<number> {
  const [x, y] = [await spatialOf(reference, algebra), await spatialOf(generated, algebra)];
  return (await frechetDistance(x, y, algebra)).distance;
}

async function spatialOf(side: Side, algebra: LinearAlgebra): Promise<Statistics> {
  const refusal = refuseSpatial(side);
  if (refusal) throw refusal;
  if (side.kind === 'statistics') return side.spatial!();
  const rows = openNpyRows(side.extra!.spatial!);
  try {
    return await statisticsOfFeatures(rows, algebra);
  } finally {
    rows.close();
  }
}
