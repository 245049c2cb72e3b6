import { StudyError } from '../errors.ts';
import { stream } from '../random/stream.ts';
import { drawWithoutReplacement } from '../random/subsample.ts';
import type { ImageLabels } from './labels.ts';
import type { ImageSource } from './source.ts';

/** The images of a source at some positions, in the order given. */
export function subset(source: ImageSource, positions: ArrayLike<number>): ImageSource {
  const at = Uint32Array.from(positions);
  const { labels, recipe } = source;
  return {
    ...source,
    ...(labels && { labels: async () => labelsAt(await labels(), at) }),
    ...(recipe && { recipe: (index: number) => recipe(at[index]!) }),
    names: Array.from(at, (position) => source.names[position]!),
    size: (index) => source.size(at[index]!),
    pixels: (bytes, index) => source.pixels(bytes, at[index]!),
    read: (index) => source.read(at[index]!),
    decode: (bytes, index) => source.decode(bytes, at[index]!),
  };
}

function labelsAt(labels: ImageLabels | null, at: Uint32Array): ImageLabels | null {
  return labels && { ...labels, codes: Int32Array.from(at, (position) => labels.codes[position]!) };
}

/**
 * The first `limit` images or, with a seed, a random `limit` of them, kept in their order; the
 * subset of a smaller limit is within that of a larger one.
 * @throws StudyError if the limit is no whole number from 1 to the number of images.
 */
export function limitTo(source: ImageSource, limit: number, seed?: string | number): ImageSource {
  const count = source.names.length;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new StudyError(
      `invalid limit; not a whole number of 1 or more: ${limit}`,
      'give the number of images, or leave --limit out to take them all',
    );
  }
  if (limit > count) {
    throw new StudyError(
      `limit larger than the set: ${limit} of ${count} images in ${source.path}`,
      'leave --limit out to take them all',
    );
  }
  const positions =
    seed === undefined
      ? Uint32Array.from({ length: limit }, (_, i) => i)
      : drawWithoutReplacement(count, limit, stream('images', seed)).sort();
  return subset(source, positions);
}
