import { isFloating } from '../../arrays/dtype.ts';
import { readNpzSingle } from '../../arrays/npz.ts';
import { readStatisticsNpz } from '../../arrays/statistics-npz.ts';
import { type ForeignFeatures, openConverted } from '../../embeddings/converted.ts';
import { StudyError } from '../../errors.ts';
import { hasExtension } from '../../images/look.ts';
import { isImageName } from '../../images/names.ts';
import { openNpzImages } from '../../images/npz.ts';
import { hasImageArray } from '../../images/npz-arrays.ts';
import type { FeaturesKind, ImagesKind, Reader, StatisticsKind } from '../side-kind.ts';

/**
 * An .npz: statistics `mu` and `sigma` as of pytorch-fid, clean-fid and ADM, features `feats` [N, d]
 * as of clean-fid, images `arr_0` as of ADM's samplers, or in any one array. ADM's reference batches hold statistics and a
 * part of the images behind them; the command says which to take, like ADM's own evaluator.
 */
export const npz: Reader = async (found) => {
  if (found.type !== 'zip') return undefined;
  const { path, members } = found;
  const arrays = members.map((name) => name.replace(/\.npy$/, ''));
  const holdsArrays = members.length > 0 && members.every((name) => name.endsWith('.npy'));
  if (members.some(isImageName) || !(holdsArrays || hasExtension(found, 'npz'))) return undefined;
  const hasStatistics = arrays.includes('mu') || arrays.includes('sigma');
  const rows = arrays.includes('arr_0')
    ? imagesOf(path)
    : arrays.includes('feats')
      ? featuresOf(path)
      : undefined;
  if (!hasStatistics && !rows && (await hasImageArray(path))) return imagesOf(path);
  if (!hasStatistics && !rows) throw unknownArrays(path, arrays);
  if (!rows) return statisticsOf(path);
  if (!hasStatistics) return rows;
  const notes = rows.kind === 'images' ? [besideImages(path)] : [];
  return { kind: 'both', path, statistics: { ...statisticsOf(path), notes }, rows };
};

function statisticsOf(path: string): StatisticsKind {
  return { kind: 'statistics', path, read: () => readStatisticsNpz(path) };
}

function imagesOf(path: string): ImagesKind {
  return { kind: 'images', path, open: () => openNpzImages(path) };
}

function featuresOf(path: string): FeaturesKind {
  return { kind: 'features', path, open: async () => openConverted(path, await readFeats(path)) };
}

async function readFeats(path: string): Promise<ForeignFeatures> {
  const { feats } = await readNpzSingle(path, ['feats'], ({ feats: { dtype, shape } }) => {
    if (shape.length === 2 && isFloating(dtype)) return;
    throw new StudyError(
      `feats in ${path} is ${dtype.name} [${shape.join(', ')}]`,
      'features are float32 [N, d]',
    );
  });
  const [rows = 0, dimension = 0] = feats.shape;
  return { rows, dimension, values: feats.values };
}

function besideImages(path: string): string {
  return `${path} holds images too: its statistics are used. To use the images, run study extract --images ${path} and give its folder`;
}

function unknownArrays(path: string, arrays: readonly string[]): StudyError {
  return new StudyError(
    `${path} holds neither statistics, features nor images but: ${arrays.slice(0, 8).join(', ') || 'nothing'}`,
    'statistics are mu [d] and sigma [d, d], images arr_0 uint8 [N, H, W, 3], features feats [N, d]',
  );
}
