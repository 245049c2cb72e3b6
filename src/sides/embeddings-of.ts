import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { showProgress } from '../commands/progress.ts';
import { openConverted } from '../embeddings/converted.ts';
import { type Extraction, extractEmbeddings } from '../embeddings/extract.ts';
import { manifestName } from '../embeddings/manifest.ts';
import { type Embeddings, openEmbeddings } from '../embeddings/open.ts';
import type { Provider } from '../embeddings/provider.ts';
import { StudyError } from '../errors.ts';
import { openImages, type Selection } from '../images/open.ts';
import { resolveExtractor } from '../models/resolve.ts';
import { foreignFeatures } from './foreign-files.ts';

/** How images become features, wherever a command takes images. */
export interface ExtractionFlags extends Selection {
  /** Name of the extractor, or the path of an .onnx file with its description beside it. */
  readonly model?: string | undefined;
  /** Its preprocessing mode: by default its first. */
  readonly mode?: string | undefined;
  readonly batchSize?: number | undefined;
  readonly threads?: number | undefined;
  readonly provider?: Provider | undefined;
  /** The provider's devices that the network runs on, by number. */
  readonly devices?: readonly number[] | undefined;
  readonly deterministic?: boolean | undefined;
  /** Networks side by side, where the extraction is deterministic. */
  readonly workers?: number | undefined;
  readonly skipBad?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The features that a path stands for: a folder that `study extract` wrote, a .npy, features in a
 * file of torch-fidelity (.pt) or clean-fid (.npz with `feats`), or images, which are extracted (or found in the cache) on the way; the flags are for images alone.
 * @throws StudyError as `openEmbeddings`, `openImages` and `extractEmbeddings` do; and where there
 * are images but no model is named
 */
export async function embeddingsOf(path: string, flags: ExtractionFlags): Promise<Embeddings> {
  if (isFeatures(path)) {
    requireWhole(path, flags);
    return openEmbeddings(path);
  }
  const foreign = await foreignFeatures(path);
  if (foreign) {
    requireWhole(path, flags);
    return openConverted(path, foreign);
  }
  return (await extractImages(path, flags)).embeddings;
}

/** An experiment may choose among images, or corrupt them; of features it would go unnoticed. */
function requireWhole(path: string, { glob, limit, corrupt }: Selection): void {
  const given = Object.entries({ glob, limit, corrupt }).find(([, value]) => value !== undefined);
  if (!given) return;
  throw new StudyError(
    `${given[0]} ${given[1]} for the features in ${path}`,
    'only images can be selected or corrupted: name those, or leave it out',
  );
}

/** Whether a path is one of features: any .npy, or a folder with a manifest. */
export function isFeatures(path: string): boolean {
  return /\.npy$/i.test(path) || existsSync(join(path, manifestName));
}

/**
 * Extracts images with a progress bar on stderr.
 * @param out folder for the files; without it they stay in the cache
 * @throws StudyError, see `embeddingsOf`; the signal's reason once it is aborted
 */
export async function extractImages(
  path: string,
  flags: ExtractionFlags,
  out?: string,
): Promise<Extraction> {
  const { model, mode, glob, limit, seed, corrupt, signal, ...more } = flags;
  const { batchSize, threads, provider, devices, deterministic, workers, skipBad } = more;
  const selection: Selection = {
    ...(glob !== undefined && { glob }),
    ...(limit !== undefined && { limit }),
    ...(seed !== undefined && { seed }),
    ...(corrupt !== undefined && { corrupt }),
  };
  const source = await openImages(path, selection);
  const hashing = showProgress('reading', 'images');
  const extracting = showProgress('extracting', 'images');
  try {
    if (model === undefined) {
      throw new StudyError(
        `no model for the images in ${path}`,
        'name one: --model NAME, or --model FILE.onnx',
      );
    }
    const extractor = await resolveExtractor(model, mode);
    const where = { provider, devices, threads, workers };
    const settings = { batchSize, deterministic, skipBad, signal, ...where };
    const extraction = await extractEmbeddings({
      source,
      extractor,
      selection,
      out,
      ...settings,
      onProgress({ phase, done, total, skipped }) {
        if (phase === 'hashing') return hashing.update(done, total);
        hashing.stop();
        extracting.update(done, total, skipped > 0 ? `${skipped} skipped` : '');
      },
    });
    hashing.stop();
    extracting.stop();
    noteProvider(extraction, provider);
    return extraction;
  } finally {
    hashing.stop();
    extracting.stop();
    await source.close();
  }
}

/** The cache asks which images and model, not where the network ran: that is told here. */
function noteProvider({ cached, manifest }: Extraction, asked: Provider = 'cpu'): void {
  const { provider } = manifest.extraction;
  if (!cached || provider === asked) return;
  console.error(
    `note: the features of ${manifest.images.path} are in the cache from ${provider}, not ${asked}: ` +
      'those of another provider differ, if little',
  );
}
