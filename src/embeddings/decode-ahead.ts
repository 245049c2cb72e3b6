import { StudyError } from '../errors.ts';
import type { DecodedImage, ImageSource } from '../images/source.ts';
import { Budget, type Ticket } from './budget.ts';
import { type Digests, digestOfImage } from './digests.ts';

/** An image of the source: decoded, bad with its reason, or known and not read. */
export type Outcome =
  | { readonly index: number; readonly known: true }
  | { readonly index: number; readonly image: DecodedImage }
  | { readonly index: number; readonly bad: StudyError };

/** How far decoding may run ahead of the network. */
export interface Ahead {
  readonly images: number;
  /** Most bytes of files and of decoded pixels; one image is always read and decoded. */
  readonly bytes: number;
}

/**
 * The images from `start` on, in order; several are read and decoded at once. sharp decodes in libuv's
 * threads while the network runs in its own. The size of an image is known before it is read and before
 * it is decoded: a file of 32 kB may decode to 268 MB.
 * @param isKnown images that need not be read
 * @throws StudyError if an image changed after it was hashed
 */
export async function* decodeAhead(
  source: ImageSource,
  digests: Digests,
  start: number,
  ahead: Ahead,
  isKnown: (index: number) => boolean,
): AsyncGenerator<Outcome> {
  const count = source.names.length;
  const [files, pixels] = [new Budget(ahead.bytes), new Budget(ahead.bytes)];
  const under: { outcome: Promise<Outcome>; pixels?: Ticket }[] = [];
  let next = start;

  function begin(index: number): (typeof under)[number] {
    if (isKnown(index)) return { outcome: Promise.resolve({ index, known: true }) };
    const tickets = { file: files.ticket(), pixels: pixels.ticket() };
    const outcome = decodeOne(source, digests, index, tickets);
    // It is awaited in its turn; until then a rejection must not count as unhandled.
    outcome.catch(() => {});
    return { outcome, pixels: tickets.pixels };
  }

  while (next < count || under.length > 0) {
    while (next < count && under.length < ahead.images) under.push(begin(next++));
    const first = under.shift()!;
    const outcome = await first.outcome;
    first.pixels?.give();
    yield outcome;
  }
}

async function decodeOne(
  source: ImageSource,
  digests: Digests,
  index: number,
  tickets: { readonly file: Ticket; readonly pixels: Ticket },
): Promise<Outcome> {
  try {
    await tickets.file.take(await source.size(index));
    const bytes = await source.read(index);
    const digest = await digestOfImage(source, index, () => bytes);
    if (!digests.matches(index, digest)) throw new Changed(source, index);
    await tickets.pixels.take(3 * source.pixels(bytes, index));
    return { index, image: await source.decode(bytes, index) };
  } catch (error) {
    // An image that cannot be decoded takes no bytes: the next one need not wait for it.
    tickets.pixels.give();
    if (error instanceof StudyError && !(error instanceof Changed)) return { index, bad: error };
    throw error;
  } finally {
    tickets.file.give();
  }
}

/** Never skipped: the features would not be those of the hashed images. */
class Changed extends StudyError {
  constructor({ names, path }: ImageSource, index: number) {
    super(
      `${names[index]} in ${path} changed while it was read`,
      'stop other programs from writing there, and run it again',
    );
  }
}
