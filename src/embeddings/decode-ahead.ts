import { StudyError } from '../errors.ts';
import type { DecodedImage, ImageSource } from '../images/source.ts';
import { Budget, type Ticket } from './budget.ts';
import { type Digests, digestOfImage, unreadable } from './digests.ts';
import type { KnownRow, KnownRows } from './known-rows.ts';

/** An image of the source: decoded, bad with its reason, or one whose row is known. */
export type Outcome =
  | { readonly index: number; readonly known: KnownRow }
  | { readonly index: number; readonly image: DecodedImage }
  | { readonly index: number; readonly bad: StudyError };

/** How far decoding may run ahead of the network. */
export interface Ahead {
  readonly images: number;
  /** Most bytes of files and of decoded pixels; one image is always read and decoded. */
  readonly bytes: number;
}

/**
 * The images from `start` on, in order; several are read and decoded at once. Each is read once: it is
 * hashed, and decoded unless its row is known. sharp decodes in libuv's threads while the network runs
 * in its own. The size of an image is known before it is read and before it is decoded: a file of 32 kB
 * may decode to 268 MB.
 * @param digests get the digest of each image before it comes
 */
export async function* decodeAhead(
  source: ImageSource,
  digests: Digests,
  start: number,
  ahead: Ahead,
  known: KnownRows,
): AsyncGenerator<Outcome> {
  const count = source.names.length;
  const [files, pixels] = [new Budget(ahead.bytes), new Budget(ahead.bytes)];
  const under: { outcome: Promise<Outcome>; pixels: Ticket }[] = [];
  let next = start;

  function begin(index: number): (typeof under)[number] {
    const tickets = { file: files.ticket(), pixels: pixels.ticket() };
    const outcome = decodeOne(source, digests, index, known, tickets);
    // It is awaited in its turn; until then a rejection must not count as unhandled.
    outcome.catch(() => {});
    return { outcome, pixels: tickets.pixels };
  }

  while (next < count || under.length > 0) {
    while (next < count && under.length < ahead.images) under.push(begin(next++));
    const first = under.shift()!;
    const outcome = await first.outcome;
    first.pixels.give();
    yield outcome;
  }
}

async function decodeOne(
  source: ImageSource,
  digests: Digests,
  index: number,
  known: KnownRows,
  tickets: { readonly file: Ticket; readonly pixels: Ticket },
): Promise<Outcome> {
  digests.set(index, unreadable);
  try {
    await tickets.file.take(await source.size(index));
    const reading = once(() => source.read(index));
    const digest = await digestOfImage(source, index, reading);
    digests.set(index, digest);
    const row = await known.find(digest);
    if (row) {
      tickets.pixels.give();
      return { index, known: row };
    }
    const bytes = await reading();
    await tickets.pixels.take(3 * source.pixels(bytes, index));
    return { index, image: await source.decode(bytes, index) };
  } catch (error) {
    // An image that cannot be decoded takes no bytes: the next one need not wait for it.
    tickets.pixels.give();
    if (error instanceof StudyError) return { index, bad: error };
    throw error;
  } finally {
    tickets.file.give();
  }
}

/** The same, but called once at most. */
function once<Value>(call: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: call() };
    return made.value;
  };
}
