import { StudyError } from '../errors.ts';
import type { DecodedImage, ImageSource } from '../images/source.ts';
import { type Digests, digestOf } from './digests.ts';

/** An image of the source: decoded, or the reason why it cannot be, or one that need not be read. */
export type Outcome =
  | { readonly index: number; readonly known: true }
  | { readonly index: number; readonly image: DecodedImage }
  | { readonly index: number; readonly bad: StudyError };

/** How far decoding may be ahead of the network. */
export interface Ahead {
  readonly images: number;
  /** Of decoded pixels; one image is decoded in any case. */
  readonly bytes: number;
}

// A photograph of 5 megapixels, until the first image tells: few at first, and soon as many as fit.
const firstGuess = 2 ** 24;

/**
 * The images from `start` on, in order, with several being read and decoded at once: sharp decodes
 * in libuv's threads while the network runs in its own.
 * @param isKnown images that need not be read
 * @throws StudyError where an image is not the one that was hashed
 */
export async function* decodeAhead(
  source: ImageSource,
  digests: Digests,
  start: number,
  ahead: Ahead,
  isKnown: (index: number) => boolean,
): AsyncGenerator<Outcome> {
  const count = source.names.length;
  const under: Promise<Outcome>[] = [];
  let next = start;
  let decoding = 0;
  let decodedBytes = 0;
  // Of an image that is not decoded yet its neighbours tell.
  let typicalBytes = firstGuess;
  const hasRoom = () =>
    under.length === 0 ||
    (under.length < ahead.images && decodedBytes + (decoding + 1) * typicalBytes <= ahead.bytes);

  async function decode(index: number): Promise<Outcome> {
    decoding++;
    try {
      const outcome = await decodeOne(source, digests, index);
      if ('image' in outcome) {
        typicalBytes = outcome.image.data.length;
        decodedBytes += typicalBytes;
      }
      return outcome;
    } finally {
      decoding--;
    }
  }

  while (next < count || under.length > 0) {
    while (next < count && hasRoom()) {
      const index = next++;
      const outcome: Promise<Outcome> = isKnown(index)
        ? Promise.resolve({ index, known: true })
        : decode(index);
      // It is awaited in its turn; until then a rejection must not count as nobody's.
      outcome.catch(() => {});
      under.push(outcome);
    }
    const outcome = await under.shift()!;
    if ('image' in outcome) decodedBytes -= outcome.image.data.length;
    yield outcome;
  }
}

async function decodeOne(source: ImageSource, digests: Digests, index: number): Promise<Outcome> {
  let bytes: Uint8Array;
  try {
    bytes = await source.read(index);
  } catch (error) {
    if (error instanceof StudyError) return { index, bad: error };
    throw error;
  }
  if (!digests.matches(index, digestOf(source, bytes))) {
    throw new StudyError(
      `${source.names[index]} in ${source.path} changed while it was read`,
      'let nothing write there, and run it again',
    );
  }
  try {
    return { index, image: await source.decode(bytes, index) };
  } catch (error) {
    if (error instanceof StudyError) return { index, bad: error };
    throw error;
  }
}
