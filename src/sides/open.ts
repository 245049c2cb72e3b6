import { sha256Of } from '../arrays/sha256.ts';
import { extractFrom } from '../embeddings/extract-images.ts';
import { type ExtractionOptions, selectionOf } from '../embeddings/options.ts';
import { StudyError } from '../errors.ts';
import { columnless, openSelected } from '../images/open.ts';
import type { ImageSource } from '../images/source.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { requireSemidefinite } from '../metrics/semidefinite.ts';
import { rememberedSha256 } from '../provenance/remembered-hashes.ts';
import { featuresSide } from './features-side.ts';
import { kindOf } from './kind-of.ts';
import { requireEntries } from './required-entries.ts';
import type { Side, StatisticsSide } from './side.ts';
import {
  type ImagesKind,
  type OneKind,
  type StatisticsKind,
  taken,
  type Use,
} from './side-kind.ts';
import { requireUsed } from './used-options.ts';

/** How to open sides: how to extract images, and which sets to take of files that hold several. */
export interface OpenOptions extends ExtractionOptions {
  /**
   * Names of sets, such as `fd_dinov2` of an EDM2 file. A file takes the first that it holds; a name
   * that no file holds is refused.
   */
  readonly entry?: readonly string[] | undefined;
}

/** Options of `openSide`. Features and statistics need none. */
export interface SideOptions extends OpenOptions {
  /** What to take from a file with both statistics and rows; default: statistics. */
  readonly use?: Use | undefined;
}

/**
 * Opens one side of a comparison. Features [N, d] are read from disk block by block: a folder that
 * `study extract` wrote, a .npy, or an array in an .npz (clean-fid, dgm-eval), .pt, .safetensors or
 * .pkl. Statistics are `mu` [d] and `sigma` [d, d] in an .npz (pytorch-fid, clean-fid, ADM), a .pt
 * (torch-fidelity) or a .pkl (EDM2, StyleGAN3). Images (a folder, a .zip, tars, Parquet files, a .npy or
 * .npz uint8 [N, H, W, 3], CIFAR-10 batches, `cifar10:test`, a generator's `GEN.onnx:COUNT:SEED`) are
 * extracted with `options.model` or come from the cache. The content of the path decides what it is.
 * Nothing is printed: the side's `notes` say what a reader must know.
 *
 * @param options for images; `use` for a file with both statistics and rows
 * @returns a side of `kind` 'features' or 'statistics'; the caller closes it
 * @example
 * const real = await openSide('cifar10-train.npz');
 * const fake = await openSide('samples', { model: 'fid-inception' });
 * if (fake.kind === 'features') console.log(fake.rows, fake.dimension);
 * real.close();
 * fake.close();
 * @throws StudyError for a path that is none of these, for images without a model, and for a model or
 *   other options for images without images; the signal's reason once it is aborted
 */
export async function openSide(path: string, options: SideOptions = {}): Promise<Side> {
  const [side] = await openAll([path], options, [options.use ?? 'statistics']);
  return side!;
}

/**
 * Opens both sides of a comparison, images with one model.
 *
 * @param use what to take from each; default: statistics
 * @throws StudyError as `openAll`
 */
export async function openSides(
  reference: string,
  generated: string,
  options: OpenOptions,
  use: { readonly reference?: Use; readonly generated?: Use } = {},
): Promise<{ reference: Side; generated: Side }> {
  const uses = [use.reference ?? 'statistics', use.generated ?? 'statistics'];
  const sides = await openAll([reference, generated], options, uses);
  return { reference: sides[0]!, generated: sides[1]! };
}

/**
 * Opens several sides with the same options. All paths are checked before any images are extracted;
 * if a side fails, the open ones are closed.
 *
 * @throws StudyError like `openSide`; options for images are refused only if no side is images
 */
export async function openAll(
  paths: readonly string[],
  options: OpenOptions,
  uses: readonly Use[] = [],
): Promise<Side[]> {
  const sides: Side[] = [];
  try {
    const columns = new Columns(options);
    for (const kind of await kindsOf(paths, options, uses)) {
      sides.push(await openKind(kind, options, columns));
    }
    columns.requireUsed(paths);
    return sides;
  } catch (error) {
    for (const side of sides) side.close();
    throw error;
  }
}

/** Whether any side had columns to choose from: one of Parquet may stand next to one of other images. */
class Columns {
  readonly #wanted: string | undefined;
  #isUsed = false;

  constructor({ column, selection }: ExtractionOptions) {
    this.#wanted = column ?? selection?.column;
  }

  async open(found: ImagesKind, options: ExtractionOptions): Promise<ImageSource> {
    const source = await found.open({ ...options, column: this.#wanted });
    this.#isUsed ||= source.hasColumns ?? false;
    return source;
  }

  /** @throws StudyError if a column was named, and no side has any */
  requireUsed(paths: readonly string[]): void {
    if (this.#wanted === undefined || this.#isUsed) return;
    throw columnless(this.#wanted, paths.join(' and '));
  }
}

/**
 * Opens several sides like `openAll`, one after the other: each is closed before the next is opened, so
 * that one covariance is in memory at a time.
 *
 * @throws StudyError like `openAll`
 */
export async function* openEach(
  paths: readonly string[],
  options: OpenOptions,
): AsyncGenerator<Side> {
  const columns = new Columns(options);
  for (const kind of await kindsOf(paths, options, [])) {
    const side = await openKind(kind, options, columns);
    try {
      yield side;
    } finally {
      side.close();
    }
  }
  columns.requireUsed(paths);
}

async function kindsOf(
  paths: readonly string[],
  { entry = [], ...extraction }: OpenOptions,
  uses: readonly Use[],
): Promise<OneKind[]> {
  const kinds: OneKind[] = [];
  for (const [i, path] of paths.entries()) {
    kinds.push(taken(await kindOf(path, entry), uses[i] ?? 'statistics'));
  }
  requireEntries(kinds, entry);
  requireUsed(kinds, extraction);
  return kinds;
}

/** Opens what `kindOf` found. Options for images are ignored for anything else. */
export async function openKind(
  found: OneKind,
  options: ExtractionOptions,
  columns = new Columns(options),
): Promise<Side> {
  const { path, notes = [] } = found;
  switch (found.kind) {
    case 'features':
      requireWhole(found, options);
      return featuresSide(path, await found.open(), notes);
    case 'statistics':
      requireWhole(found, options);
      return statisticsSide(found);
    case 'images': {
      const open = () => columns.open(found, options);
      const source = await openSelected(open, options.selection ?? {});
      const selection = source.hasColumns ? selectionOf(options) : options.selection;
      const extraction = await extractFrom(source, { ...options, selection });
      const { embeddings, notes: more, labels } = extraction;
      return featuresSide(path, embeddings, [...notes, ...more], labels);
    }
  }
}

/** Refuses a selection of features: it would be ignored silently. */
function requireWhole({ path, kind }: OneKind, { selection = {} }: ExtractionOptions): void {
  const given = Object.entries(selection).find(([, value]) => value !== undefined);
  if (!given) return;
  throw new StudyError(
    `${given[0]} ${given[1]} for the ${kind} in ${path}`,
    'only images can be selected or corrupted: give images, or leave it out',
  );
}

async function statisticsSide({
  path,
  part,
  read,
  notes = [],
}: StatisticsKind): Promise<StatisticsSide> {
  const { rows, extractor, spatial, dtype, ...statistics } = await read();
  await requireSemidefinite(statistics, path, sharedAlgebra().gemm);
  const ofFile = await rememberedSha256(path);
  return {
    kind: 'statistics',
    path,
    // Two sets in one file must not be taken for one.
    sha256: part === undefined ? ofFile : sha256Of(ofFile, part),
    dimension: statistics.dimension,
    rows,
    extractor,
    statistics,
    ...(spatial && { spatial }),
    notes,
    close() {},
  };
}
