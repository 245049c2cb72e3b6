import { StudyError } from '../errors.ts';
import { openCifar } from './cifar.ts';
import { corrupted, parseCorruptions } from './corruption.ts';
import { openSplit } from './dataset.ts';
import { type Split, splitOf } from './datasets/names.ts';
import { listFiles, openFolder } from './folder.ts';
import { type Found, hasExtension, look } from './look.ts';
import { isImageName, matchGlob } from './names.ts';
import { openNpzImages } from './npz.ts';
import { passedOver, passedOverInWords } from './passed-over.ts';
import type { ImageSource } from './source.ts';
import { limitTo, subset } from './subset.ts';
import { openZipImages } from './zip.ts';

/** Which images of a source to take. */
export interface Selection {
  /** A pattern on the names, e.g. `train/**`; see `matchGlob` for where it may begin. */
  readonly glob?: string | undefined;
  /** How many of the matching images: the first, or with `seed` a random subset in name order. */
  readonly limit?: number | undefined;
  readonly seed?: string | number | undefined;
  /** Corruptions applied to each image, such as `jpeg:30`; see `parseCorruptions`. */
  readonly corrupt?: string | undefined;
}

/**
 * Opens a set of images: a folder (of images, or of CIFAR-10's .bin batches), a .zip, an .npz with
 * `arr_0`, one .bin batch, or a data set's split that was pulled (`cifar10:train`).
 * @throws StudyError if the path is missing or of no known kind, holds no images, or nothing matches
 * the selection.
 */
export async function openImages(path: string, selection: Selection = {}): Promise<ImageSource> {
  const open = openerOf(splitOf(path) ?? (await look(path)));
  if (open) return openSelected(open, selection);
  throw new StudyError(
    `cannot read images from ${path}`,
    'name a folder, a .zip, an .npz with arr_0, a CIFAR-10 .bin batch, or cifar10:train',
  );
}

/** Opens all images that a path holds. */
export type OpenWhole = () => Promise<ImageSource>;

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
      return () => openFolderOrBatches(path);
    case 'zip':
      if (place.members.some(isImageName)) return () => openZipImages(path);
      if (place.members.includes('arr_0.npy')) return () => openNpzImages(path);
      // Each reader says what is missing.
      if (hasExtension(place, 'npz')) return () => openNpzImages(path);
      return hasExtension(place, 'zip') ? () => openZipImages(path) : undefined;
    case 'file':
      return hasExtension(place, 'bin') ? () => openCifar(path) : undefined;
  }
}

/**
 * Opens the selected images.
 * @throws StudyError if there are no images, or nothing matches the selection
 */
export async function openSelected(open: OpenWhole, selection: Selection): Promise<ImageSource> {
  const { glob, limit, seed, corrupt } = selection;
  const corruptions = corrupt === undefined ? [] : parseCorruptions(corrupt);
  if (seed !== undefined && limit === undefined) {
    throw new StudyError(`seed without a limit: ${seed}`, 'say how many images: --limit');
  }
  const source = await open();
  try {
    if (source.names.length === 0) {
      const { passedOver: others = [] } = source;
      const instead = others.length > 0 ? `, but ${passedOverInWords(others)}` : '';
      throw new StudyError(
        `no images in ${source.path}${instead}`,
        'looked for bmp, jpg, jpeg, pgm, png, ppm, tif, tiff and webp files, also in subfolders',
      );
    }
    const matching =
      glob === undefined ? source : subset(source, matchGlob(source.names, glob, source.path));
    const taken = limit === undefined ? matching : limitTo(matching, limit, seed);
    return corruptions.length === 0 ? taken : corrupted(taken, corruptions);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openFolderOrBatches(path: string): Promise<ImageSource> {
  const folder = await openFolder(path);
  if (folder.names.length > 0) return folder;
  const files = await listFiles(path);
  const isBatch = (name: string) => /\.bin$/i.test(name);
  if (!files.some(isBatch)) return folder;
  return { ...(await openCifar(path)), ...passedOver(files, isBatch) };
}
