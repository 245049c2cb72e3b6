import { StudyError } from '../errors.ts';
import { openGenerator } from '../generators/open.ts';
import { generatorOf } from '../generators/spec.ts';
import { openImages, openSelected } from '../images/open.ts';
import type { ImageSource } from '../images/source.ts';
import type { Extractor } from '../models/extractor.ts';
import type { OutputName } from '../models/outputs.ts';
import { resolveExtractor, resolveOutputs } from '../models/resolve.ts';
import { type Extraction, extractEmbeddings } from './extract.ts';
import { type ExtractionOptions, selectionOf } from './options.ts';
import { type RowLabels, rowLabelsOf, writeRowLabels } from './row-labels.ts';

/** Options of `extract`. */
export interface ExtractOptions extends ExtractionOptions {
  /** A folder for `features.npy` and `manifest.json`; by default they stay in the cache. */
  readonly out?: string | undefined;
  /**
   * Arrays of one run of the network, into `out`: `pool` (the features), `logits` and `spatial` of
   * fid-inception; default: the features alone.
   */
  readonly outputs?: readonly OutputName[] | undefined;
}

/** Features of images, and the classes of their rows where the images have any. */
export interface LabelledExtraction extends Extraction {
  /** Null if the set has none; an error if they are incomplete or ambiguous. */
  readonly labels: RowLabels | StudyError | null;
}

/**
 * Extracts features [N, d] of N images: float32 on disk, one row per image, ordered by name. The same
 * images (by content), model and mode are extracted once; the next call finds them in the cache.
 * Nothing is printed: `onProgress` reports progress, and the result's `notes` what a reader must know.
 *
 * @param path a folder of images, a .zip, tars or Parquet files (one, a folder of them, or a pattern such
 *   as `shard-{000..127}.tar`), a .npy or .npz uint8 [N, H, W, 3], a CIFAR-10 .bin
 *   batch or a folder of them, a pulled data set such as `cifar10:test`, or images of a generator:
 *   `GEN.onnx:COUNT:SEED`
 * @param options `model` is required
 * @returns the features, open until `embeddings.close()`, and their manifest
 * @example
 * const { embeddings } = await extract('samples', { model: 'fid-inception', mode: 'clean' });
 * const { mean, covariance } = await statisticsOfFeatures(embeddings);
 * embeddings.close();
 * @throws StudyError for a path without images, a missing or unknown model, an image that cannot be
 *   decoded (unless `skipBad`), a full disk, an unavailable provider, and an `out` inside the folder of
 *   the images; the signal's reason once it is aborted
 */
export async function extract(path: string, options: ExtractOptions): Promise<LabelledExtraction> {
  const selection = selectionOf(options);
  return extractFrom(await open(path, { ...options, selection }), { ...options, selection });
}

function open(path: string, options: ExtractOptions): Promise<ImageSource> {
  const { selection = {} } = options;
  const spec = generatorOf(path);
  if (!spec) return openImages(path, selection);
  return openSelected(() => openGenerator(spec, options), selection);
}

/** The same for open images; closes them. */
export async function extractFrom(
  source: ImageSource,
  options: ExtractOptions,
): Promise<LabelledExtraction> {
  try {
    const { outputs: wanted = ['pool'], ...rest } = options;
    const isAlone = wanted.length === 1 && wanted[0] === 'pool';
    const found = isAlone ? null : await outputsOf(source, options, wanted);
    const extraction = await extractEmbeddings({
      ...rest,
      source,
      extractor: found?.all ?? (await extractorOf(source, options)),
      ...(found && { outputs: { wanted, features: found.features } }),
    });
    const labels = await rowLabelsOf(source, extraction.manifest.images.skipped);
    if (options.out !== undefined && labels && !(labels instanceof StudyError)) {
      await writeRowLabels(options.out, extraction.embeddings.sha256, labels);
    }
    return { ...extraction, labels };
  } finally {
    await source.close();
  }
}

/** @throws StudyError for outputs without features, a folder, or a network that has them */
async function outputsOf(
  source: ImageSource,
  options: ExtractOptions,
  wanted: readonly OutputName[],
): Promise<{ features: Extractor; all: Extractor }> {
  const { model, mode, out } = options;
  if (!wanted.includes('pool')) {
    throw new StudyError(
      `--outputs ${wanted.join(',')} without pool`,
      'the features are the first array of a set: add pool',
    );
  }
  if (out === undefined) {
    throw new StudyError(`outputs ${wanted.join(', ')} without a folder`, 'give one: out');
  }
  if (typeof model === 'string') return resolveOutputs(model, mode);
  const { name } = await extractorOf(source, options);
  throw new StudyError(`${name} gives features only`, 'name the model: fid-inception');
}

/** @throws StudyError if no model is named, or it cannot be loaded */
async function extractorOf(
  { path }: ImageSource,
  { model, mode }: ExtractionOptions,
): Promise<Extractor> {
  if (model === undefined) {
    throw new StudyError(
      `no model for the images in ${path}`,
      'name one: --model NAME, or --model FILE.onnx',
    );
  }
  if (typeof model === 'string') return resolveExtractor(model, mode);
  if (mode === undefined || mode === model.mode) return model;
  throw new StudyError(
    `${model.name} is ready to run in the mode ${model.mode}, not ${mode}`,
    'leave the mode out, or give the name of the model',
  );
}
