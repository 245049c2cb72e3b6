import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readStatisticsNpz } from '../arrays/statistics-npz.ts';
import { openZip } from '../arrays/zip.ts';
import { StudyError } from '../errors.ts';
import type { FeaturesSide, Side, StatisticsSide } from '../sources/side.ts';
import { type ExtractionFlags, embeddingsOf } from './embeddings-of.ts';

/**
 * Opens one side of a comparison: a folder that `study extract` wrote, a .npy of features, an .npz
 * of statistics (`mu`, `sigma`), or images, which are extracted and cached on the way. An .npz that
 * holds both images and statistics (ADM's reference batches) is read as images where a model is
 * named, else as statistics.
 *
 * @param flags for images alone
 * @throws StudyError for anything that cannot be opened as one of these
 */
export async function openSide(path: string, flags: ExtractionFlags): Promise<Side> {
  if (/\.npz$/i.test(path) && (await contentOf(path, flags.model)) === 'statistics') {
    return openStatistics(path);
  }
  return openFeatures(path, flags);
}

/** Opens both sides, and closes the first if the second fails. @throws StudyError as `openSide` */
export async function openSides(
  reference: string,
  generated: string,
  flags: ExtractionFlags,
): Promise<{ reference: Side; generated: Side }> {
  const first = await openSide(reference, flags);
  try {
    return { reference: first, generated: await openSide(generated, flags) };
  } catch (error) {
    first.close();
    throw error;
  }
}

async function contentOf(
  path: string,
  model: string | undefined,
): Promise<'statistics' | 'images'> {
  const zip = await openZip(path);
  await zip.close();
  const names = zip.members.map(({ name }) => name.replace(/\.npy$/, ''));
  const images = names.includes('arr_0');
  const statistics = names.includes('mu') || names.includes('sigma');
  if (!images && !statistics) {
    throw new StudyError(
      `${path} holds neither statistics nor images but: ${names.slice(0, 8).join(', ') || 'nothing'}`,
      'statistics are mu [d] and sigma [d, d], images arr_0 uint8 [N, H, W, 3]',
    );
  }
  return statistics && !(images && model !== undefined) ? 'statistics' : 'images';
}

async function openStatistics(path: string): Promise<StatisticsSide> {
  const statistics = await readStatisticsNpz(path);
  return {
    kind: 'statistics',
    path,
    sha256: createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
    dimension: statistics.dimension,
    rows: null,
    extractor: null,
    statistics,
    close() {},
  };
}

async function openFeatures(path: string, flags: ExtractionFlags): Promise<FeaturesSide> {
  const { featuresPath, sha256, rows, dimension, manifest, readBlock, readRows, close } =
    await embeddingsOf(path, flags);
  const extractor = manifest?.model ?? null;
  return {
    ...{ kind: 'features', path, featuresPath, sha256, rows, dimension, extractor },
    ...{ readBlock, readRows, close },
  };
}
