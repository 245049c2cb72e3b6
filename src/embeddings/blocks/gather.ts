import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically, writeFully } from '../../arrays/disk.ts';
import { formatNpyHeader, npyHeaderBytes } from '../../arrays/npy-header.ts';
import { sha256OfFile } from '../../arrays/sha256.ts';
import { writeStatisticsNpz } from '../../arrays/statistics-npz.ts';
import { StudyError } from '../../errors.ts';
import type { Complete } from '../../jobs/prepare.ts';
import { together } from '../../linalg/pooled-moments.ts';
import type { SampleMoments } from '../../linalg/scatter.ts';
import { sealedManifest } from '../../provenance/manifest.ts';
import { Digests } from '../digests.ts';
import type { EmbeddingsOptions } from '../embeddings-options.ts';
import { featuresName, type Manifest, manifestName, writeManifest } from '../manifest.ts';
import { writeNames } from '../names.ts';
import { rowLabelsOf, writeRowLabels } from '../row-labels.ts';
import { manifestOfSet, namesOfRows } from '../set-manifest.ts';
import { cacheKey, type Settings } from '../settings.ts';
import { momentsFrom } from './part.ts';
import { type BlockPart, blockParts, keptOf, skippedIn } from './parts.ts';

export const statisticsName = 'statistics.npz';

/** What is gathered, and where. */
export interface Gathering {
  readonly options: EmbeddingsOptions;
  readonly settings: Settings;
  /** The folder of the job. */
  readonly folder: string;
  readonly complete: Complete;
  readonly out: string;
}

/**
 * Joins the features of all blocks into `features.npy`, a piece at a time, with the names and the manifest
 * of a set that one machine has extracted.
 *
 * @throws Unfinished if a part is damaged
 */
export async function gatherFeatures(gathering: Gathering): Promise<Manifest> {
  const { options, settings, folder, complete, out } = gathering;
  const { source, extractor } = options;
  const { parts, digests, rows } = await openParts(gathering, 'features');
  const path = join(out, featuresName);
  await writeAtomically(path, async (file) => {
    await writeFully(file, formatNpyHeader('f4', [rows, extractor.dimension]), 0);
    let position = npyHeaderBytes;
    for (const part of parts) {
      for await (const piece of keptOf(part, digests, folder, complete)) {
        await writeFully(file, piece, position);
        position += piece.length;
      }
    }
  });
  const images = digests.ofAll();
  const set = { rows, skipped: skippedIn(parts), reused: new Map(), isMixed: isMixed(complete) };
  const manifest = {
    ...manifestOfSet(set, options, settings, {
      key: cacheKey(extractor, images, settings),
      images,
      features: await sha256OfFile(path),
    }),
    ...machinesOf(complete),
  };
  await writeNames(out, namesOfRows(source, set.skipped));
  const labels = await rowLabelsOf(source, set.skipped);
  if (labels && !(labels instanceof StudyError)) {
    await writeRowLabels(out, manifest.features.sha256, labels);
  }
  await writeManifest(out, manifest);
  return manifest;
}

/**
 * Folds the moments of all blocks from the left to the right into `statistics.npz`: the same numbers
 * whoever made the blocks. Rounding aside they are those of all features, by the formula of `together`.
 *
 * @throws Unfinished if a part is damaged; StudyError for fewer than two images
 */
export async function gatherMoments(gathering: Gathering): Promise<{ readonly rows: number }> {
  const { options, settings, folder, complete, out } = gathering;
  const { extractor } = options;
  const { parts, digests, rows } = await openParts(gathering, 'moments');
  let moments: SampleMoments | undefined;
  for (const part of parts) {
    const pieces: Uint8Array[] = [];
    for await (const piece of keptOf(part, digests, folder, complete)) pieces.push(piece);
    if (part.value.rows === 0) continue;
    const own = momentsFrom(Buffer.concat(pieces), part.value.rows, extractor.dimension);
    moments = moments ? together(moments, own) : own;
  }
  if (!moments || rows < 2) {
    throw new StudyError(`statistics of ${rows} image`, 'a covariance needs two at least');
  }
  const images = digests.ofAll();
  const set = { rows, skipped: skippedIn(parts), reused: new Map(), isMixed: isMixed(complete) };
  const key = cacheKey(extractor, images, settings);
  const path = join(out, statisticsName);
  const { dimension } = extractor;
  const statistics = { mean: moments.mean, covariance: moments.covariance.data, dimension };
  await writeStatisticsNpz(path, statistics, 'float64', { rows, extractor });
  const sha256 = await sha256OfFile(path);
  const {
    features: _,
    reused: __,
    images: of,
    ...manifest
  } = manifestOfSet(set, options, settings, { key, images, features: sha256 });
  const { names: ___, ...about } = of;
  const text = sealedManifest({
    ...manifest,
    format: 'fid-study moments 1',
    statistics: { file: statisticsName, sha256 },
    images: about,
    ...machinesOf(complete),
  });
  await writeAtomically(join(out, manifestName), (file) => writeFile(file, text));
  return { rows };
}

async function openParts(
  { options: { source, extractor }, folder, complete }: Gathering,
  keeps: 'features' | 'moments',
): Promise<{ parts: BlockPart[]; digests: Digests; rows: number }> {
  const parts = await blockParts(folder, complete, extractor.dimension, keeps);
  const rows = parts.reduce((sum, { value }) => sum + value.rows, 0);
  if (rows === 0) {
    throw new StudyError(
      `none of the ${source.names.length} images in ${source.path} can be decoded`,
      'run it without --skip-bad to see why the first one fails',
    );
  }
  return { parts, digests: new Digests(source.names.length), rows };
}

/** Whether machines took part that round otherwise. */
function isMixed({ machines }: Complete): boolean {
  return new Set(machines.map(({ rounding }) => rounding)).size > 1;
}

/** The machines that took part, where they are several. */
function machinesOf({ machines }: Complete): Pick<Manifest, 'machines'> {
  return machines.length > 1 ? { machines: machines.map((machine) => ({ ...machine })) } : {};
}
