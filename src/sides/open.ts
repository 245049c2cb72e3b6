import type { Statistics } from '../arrays/statistics-npz.ts';
import { extractFrom } from '../embeddings/extract-images.ts';
import { type ExtractionOptions, selectionOf } from '../embeddings/options.ts';
import { StudyError } from '../errors.ts';
import { columnless, openSelected } from '../images/open.ts';
import type { ImageSource } from '../images/source.ts';
import { requireSemidefinite } from '../metrics/semidefinite.ts';
import { rememberedSha256 } from '../provenance/remembered-hashes.ts';
import { featuresSide } from './features-side.ts';
import { kindOf } from './kind-of.ts';
import type { Side, StatisticsSide } from './side.ts';
import { type ImagesKind, type OneKind, taken, type Use } from './side-kind.ts';
import { requireUsed } from './used-options.ts';

/** Options of `openSide`: how to extract images. Features and statistics need none. */
export interface SideOptions extends ExtractionOptions {
  /** What to take from a file with both statistics and rows; default: statistics. */
  readonly use?: Use | undefined;
}

/**
 * Opens one side of a comparison. Features [N, d] are read from disk block by block: a folder that
 * `study extract` wrote, a .npy, an .npz with `feats` (clean-fid), a .pt (torch-fidelity). Statistics
 * are `mu` [d] and `sigma` [d, d] in an .npz (pytorch-fid, clean-fid, ADM) or a .pt. Images (a folder,
 * a .zip, tars, Parquet files, a .npy or .npz uint8 [N, H, W, 3], CIFAR-10 batches, `cifar10:test`, a
 * generator's `GEN.onnx:COUNT:SEED`) are extracted with `options.model` or come from the cache. The
 * content of the path decides what it is. Nothing is printed: the side's `notes` say what a reader must
 * know.
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
  options: ExtractionOptions,
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
  options: ExtractionOptions,
  uses: readonly Use[] = [],
): Promise<Side[]> {
  const kinds: OneKind[] = [];
  for (const [i, path] of paths.entries()) {
    kinds.push(taken(await kindOf(path), uses[i] ?? 'statistics'));
  }
  requireUsed(kinds, options);
  const sides: Side[] = [];
  try {
    const columns = new Columns(options);
    for (const kind of kinds) sides.push(await openKind(kind, options, columns));
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
      return statisticsSide(path, await found.read(), notes);
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

async function statisticsSide(
  path: string,
  statistics: Statistics,
  notes: readonly string[],
): Promise<StatisticsSide> {
  requireSemidefinite(statistics, path);
  return {
    kind: 'statistics',
    path,
    sha256: await rememberedSha256(path),
    dimension: statistics.dimension,
    rows: null,
    extractor: null,
    statistics,
    notes,
    close() {},
  };
}
