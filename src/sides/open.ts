import { sha256OfFile } from '../arrays/sha256.ts';
import { readStatisticsNpz, type Statistics, statisticsOf } from '../arrays/statistics-npz.ts';
import { openConverted } from '../embeddings/converted.ts';
import type { Manifest } from '../embeddings/manifest.ts';
import type { Embeddings } from '../embeddings/open.ts';
import { readFidelityCache } from '../torch/fidelity-cache.ts';
import { type ExtractionFlags, embeddingsOf } from './embeddings-of.ts';
import { contentOfNpz, isNpz, isTorch } from './foreign-files.ts';
import type { Extracted } from './provenance.ts';
import type { FeaturesSide, Side, StatisticsSide } from './side.ts';

/** What a command does with a side: a sweep draws rows, a distance needs statistics alone. */
export type Use = 'statistics' | 'rows';

/**
 * Opens one side of a comparison: a folder that `study extract` wrote, a .npy of features, an .npz
 * of statistics (`mu`, `sigma`), a .pt of torch-fidelity's cache, or images, which are extracted and
 * cached on the way. An .npz of both images and statistics (ADM's reference batches, whose images
 * are only some of those that the statistics are of) is read as images where rows are wanted, else as
 * statistics, as ADM's own evaluator does.
 *
 * @param flags for images alone
 * @throws StudyError for anything that cannot be opened as one of these
 */
export async function openSide(
  path: string,
  flags: ExtractionFlags,
  use: Use = 'statistics',
): Promise<Side> {
  if (isTorch(path)) {
    const cache = await readFidelityCache(path);
    if (cache.kind === 'features') return featuresSide(path, await openConverted(path, cache));
    return statisticsSide(path, statisticsOf(cache, path));
  }
  if (isNpz(path)) {
    const { statistics, images, features } = await contentOfNpz(path);
    const rows = images || features;
    if (statistics && !(rows && use === 'rows')) {
      return statisticsSide(path, await readStatisticsNpz(path), images ? besideImages(path) : []);
    }
  }
  return featuresSide(path, await embeddingsOf(path, flags));
}

/** Opens both sides, and closes the first if the second fails. @throws StudyError as `openSide` */
export async function openSides(
  reference: string,
  generated: string,
  flags: ExtractionFlags,
  use: { readonly reference?: Use; readonly generated?: Use } = {},
): Promise<{ reference: Side; generated: Side }> {
  const first = await openSide(reference, flags, use.reference);
  try {
    return { reference: first, generated: await openSide(generated, flags, use.generated) };
  } catch (error) {
    first.close();
    throw error;
  }
}

function besideImages(path: string): string[] {
  return [
    `${path} holds images too: its statistics were taken, not those; to take them, run study extract --images ${path} and name its folder`,
  ];
}

async function statisticsSide(
  path: string,
  statistics: Statistics,
  notes: readonly string[] = [],
): Promise<StatisticsSide> {
  return {
    kind: 'statistics',
    path,
    sha256: await sha256OfFile(path),
    dimension: statistics.dimension,
    rows: null,
    extractor: null,
    statistics,
    notes,
    close() {},
  };
}

function featuresSide(path: string, embeddings: Embeddings): FeaturesSide {
  const { featuresPath, sha256, rows, dimension, manifest, readBlock, readRows, close } =
    embeddings;
  const extractor = manifest?.model ?? null;
  return {
    kind: 'features',
    path,
    featuresPath,
    sha256,
    rows,
    dimension,
    extractor,
    ...(manifest && { extracted: extractedOf(manifest) }),
    readBlock,
    readRows,
    close,
  };
}

/** Of the environment what can move a feature: the same images and settings give the same then. */
function extractedOf({ images, extraction, environment }: Manifest): Extracted {
  const { cpu, instructions } = environment;
  const libraries = Object(environment.libraries) as Readonly<Record<string, unknown>>;
  const { 'onnxruntime-node': onnxruntime, sharp } = libraries;
  const { sha256, count } = images;
  return {
    images: { sha256, count },
    extraction,
    environment: { cpu, instructions, libraries: { 'onnxruntime-node': onnxruntime, sharp } },
  };
}
