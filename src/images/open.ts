import { StudyError } from '../errors.ts';
import { openCifar } from './cifar.ts';
import { corrupted, parseCorruptions } from './corruption.ts';
import { openSplit } from './dataset.ts';
import { type Split, splitOf } from './datasets/names.ts';
import { type Found, hasExtension, look } from './look.ts';
import { isImageName, matchGlob } from './names.ts';
import { openNpyImages } from './npy.ts';
import { openNpzImages } from './npz.ts';
import { otherFormat, requireKnown } from './other-formats.ts';
import { passedOverInWords } from './passed-over.ts';
import {
  beginsWith,
  type Choice,
  isParquet,
  isTar,
  openFiles,
  openFolderOrFiles,
} from './several.ts';
import type { ImageSource } from './source.ts';
import { limitTo, subset } from './subset.ts';
import { openZipImages } from './zip.ts';

/** Which images of a source to take. */
export interface Selection extends Choice {
  /** A pattern on the names, e.g. `train/**`; see `matchGlob` for where it may begin. */
  readonly glob?: string | undefined;
  /** How many of the matching images: the first, or with `seed` a random subset in name order. */
  readonly limit?: number | undefined;
  readonly seed?: string | number | undefined;
  /** Corruptions applied to each image, such as `jpeg:30`; see `parseCorruptions`. */
  readonly corrupt?: string | undefined;
}

/**
 * Opens a set of images: a folder (of images, of tars or Parquet files, or of CIFAR-10's .bin batches),
 * a .zip, tars, Parquet files, a .npy or an .npz of an array, one .bin batch, or a data set's split
 * that was pulled (`cifar10:train`). Several tars or Parquet files are a pattern of their names.
 * @throws StudyError if the path is missing or of no known kind, holds no images, or nothing matches
 * the selection.
 */
export async function openImages(path: string, selection: Selection = {}): Promise<ImageSource> {
  const place = splitOf(path) ?? (await look(path));
  const open = openerOf(place);
  if (open) return openSelected(open, selection);
  if ('type' in place) requireKnown(place);
  throw new StudyError(
    `cannot read images from ${path}`,
    'name a folder, a .zip, a .tar, a .parquet, a .npy or .npz uint8 [N, H, W, 3], a CIFAR-10 .bin batch, or cifar10:train',
  );
}

const npyMagic = '\x93NUMPY';

/** Opens all images that a path holds. */
export type OpenWhole = (choice?: Choice) => Promise<ImageSource>;

/**
 * How to open the images of a path; undefined if it holds none. A new format of images is a new line
 * here.
 */
export function openerOf(place: Split): OpenWhole;
export function openerOf(place: Split | Found): OpenWhole | undefined;
export function openerOf(place: Split | Found): OpenWhole | undefined {
  if ('split' in place) return () => openSplit(place);
  const { path } = place;
  switch (place.type) {
    case 'folder':
      return (choice) => openFolderOrFiles(path, choice);
    case 'list':
      return (choice) => openFiles(path, place.files, choice);
    case 'zip':
      if (place.members.some(isImageName)) return () => openZipImages(path);
      if (place.members.includes('arr_0.npy')) return () => openNpzImages(path);
      // Each reader says what is missing.
      if (hasExtension(place, 'npz')) return () => openNpzImages(path);
      return hasExtension(place, 'zip') ? () => openZipImages(path) : undefined;
    case 'file':
      if (otherFormat(place)) return undefined;
      if (isTar(place) || isParquet(place)) return (choice) => openFiles(path, [path], choice);
      if (beginsWith(place, npyMagic) || hasExtension(place, 'npy'))
        return () => openNpyImages(path);
      return hasExtension(place, 'bin') ? () => openCifar(path) : undefined;
  }
}

/** The error of a column that was named for images without columns. */
export function columnless(column: string, path: string): StudyError {
  return new StudyError(
    `--column ${column}, but no columns in ${path}`,
    'only Parquet files have columns: leave it out',
  );
}

/**
 * Opens the selected images.
 * @throws StudyError if there are no images, or nothing matches the selection
 */
export async function openSelected(open: OpenWhole, selection: Selection): Promise<ImageSource> {
  const { glob, limit, seed, corrupt, column } = selection;
  const corruptions = corrupt === undefined ? [] : parseCorruptions(corrupt);
  if (seed !== undefined && limit === undefined) {
    throw new StudyError(`seed without a limit: ${seed}`, 'say how many images: --limit');
  }
  const source = await open({ column });
  try {
    if (column !== undefined && !source.hasColumns) {
      throw columnless(column, source.path);
    }
    requireImages(source);
    const matching =
      glob === undefined ? source : subset(source, matchGlob(source.names, glob, source.path));
    const taken = limit === undefined ? matching : limitTo(matching, limit, seed);
    return corruptions.length === 0 ? taken : corrupted(taken, corruptions);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** @throws StudyError if there are none */
function requireImages({ names, path, passedOver: others = [] }: ImageSource): void {
  if (names.length > 0) return;
  const instead = others.length > 0 ? `, but ${passedOverInWords(others)}` : '';
  throw new StudyError(
    `no images in ${path}${instead}`,
    'looked for bmp, jpg, jpeg, pgm, png, ppm, tif, tiff and webp files, also in subfolders',
  );
}
