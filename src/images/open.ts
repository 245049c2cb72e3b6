import { stat } from 'node:fs/promises';
import { diskError } from '../arrays/disk.ts';
import { StudyError } from '../errors.ts';
import { openCifar } from './cifar.ts';
import { corrupted, parseCorruptions } from './corruption.ts';
import { openSplit } from './dataset.ts';
import { splitOf } from './datasets/names.ts';
import { listFiles, openFolder } from './folder.ts';
import { matchGlob } from './names.ts';
import { openNpzImages } from './npz.ts';
import type { ImageSource } from './source.ts';
import { limitTo, subset } from './subset.ts';
import { openZipImages } from './zip.ts';

/** Which images of a source are taken. */
export interface Selection {
  /** A pattern on the names, e.g. `train/**`; see `matchGlob` for where it may begin. */
  readonly glob?: string;
  /** How many of what the glob left: the first, or with `seed` a random subset in name order. */
  readonly limit?: number;
  readonly seed?: string | number;
  /** Corruptions applied to each image, such as `jpeg:30`; see `parseCorruptions`. */
  readonly corrupt?: string;
}

/**
 * Opens a set of images: a folder (of images, or of CIFAR-10's .bin batches), a .zip, an .npz with
 * `arr_0`, one .bin batch, or a data set's split that was pulled (`cifar10:train`).
 * @throws StudyError where the path is missing or of no known kind, holds no images, or nothing
 * matches the selection.
 */
export async function openImages(path: string, selection: Selection = {}): Promise<ImageSource> {
  const { glob, limit, seed, corrupt } = selection;
  const corruptions = corrupt === undefined ? [] : parseCorruptions(corrupt);
  if (seed !== undefined && limit === undefined) {
    throw new StudyError(`seed without a limit: ${seed}`, 'say how many images: --limit');
  }
  const source = await openWhole(path);
  try {
    if (source.names.length === 0) {
      throw new StudyError(
        `no images in ${path}`,
        'looked for bmp, jpg, jpeg, pgm, png, ppm, tif, tiff and webp files, in folders below too',
      );
    }
    const matching =
      glob === undefined ? source : subset(source, matchGlob(source.names, glob, path));
    const taken = limit === undefined ? matching : limitTo(matching, limit, seed);
    return corruptions.length === 0 ? taken : corrupted(taken, corruptions);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openWhole(path: string): Promise<ImageSource> {
  const split = splitOf(path);
  if (split) return openSplit(split);
  const found = await stat(path).catch((error) => {
    throw diskError(error, path);
  });
  if (found.isDirectory()) {
    const folder = await openFolder(path);
    if (folder.names.length > 0) return folder;
    const batches = (await listFiles(path)).some((name) => /\.bin$/i.test(name));
    return batches ? openCifar(path) : folder;
  }
  if (/\.zip$/i.test(path)) return openZipImages(path);
  if (/\.npz$/i.test(path)) return openNpzImages(path);
  if (/\.bin$/i.test(path)) return openCifar(path);
  throw new StudyError(
    `cannot read images from ${path}`,
    'name a folder, a .zip, an .npz with arr_0, a CIFAR-10 .bin batch, or cifar10:train',
  );
}
