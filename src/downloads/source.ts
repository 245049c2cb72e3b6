import { createHash } from 'node:crypto';
import { readWhole } from '../arrays/regular-file.ts';
import { errorCode, StudyError } from '../errors.ts';

/** A file that a model or a data set is built from: its origin and its expected bytes. */
export interface Source {
  /** For people, after 'fetching': `nsfwjs@4.4.0 with npm pack`. */
  readonly description: string;
  /** Digest of the whole file, checked before anything reads it. */
  readonly digest: { readonly algorithm: 'sha256' | 'sha512'; readonly base64: string };
  /** Its length, if known. */
  readonly bytes?: number;
  /** How to get a copy by hand, for `--from` on a machine without network. */
  readonly byHand: string;
  /**
   * @param onBytes called with the progress of a download
   * @throws StudyError if the file is out of reach
   */
  fetch(onBytes?: (done: number, total: number) => void): Promise<Uint8Array>;
  /** Called after a `fetch`, once its product is stored: deletes what the fetch left on disk. */
  discard?(): Promise<void>;
}

/** Where a source's file is taken from, and who is told. */
export interface TakeOptions {
  /** A local copy, instead of fetching it. */
  readonly from?: string | undefined;
  /** Called with each step, in words. */
  readonly onStep?: ((step: string) => void) | undefined;
  /** Called with the progress of a download. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}

/**
 * The bytes of a source, fetched or from a local copy, after their digest is verified.
 *
 * @throws StudyError if the file is out of reach or is not the expected one
 */
export async function takeSource(source: Source, options: TakeOptions = {}): Promise<Uint8Array> {
  const { from, onStep = () => {}, onBytes } = options;
  onStep(from === undefined ? `fetching ${source.description}` : `reading ${from}`);
  const bytes = from === undefined ? await source.fetch(onBytes) : await readLocal(from, source);
  verify(bytes, source, from);
  return bytes;
}

async function readLocal(path: string, { byHand }: Source): Promise<Uint8Array> {
  try {
    return await readWhole(path);
  } catch (cause) {
    const code = errorCode(cause);
    if (!code) throw cause;
    throw new StudyError(`cannot read ${path}: ${code}`, byHand, { cause });
  }
}

/** @throws StudyError if the bytes are not those that the source promises */
function verify(content: Uint8Array, source: Source, from?: string): void {
  const { algorithm, base64 } = source.digest;
  const actual = createHash(algorithm).update(content).digest('base64');
  if (actual === base64) return;
  // npm gives sha512 in base64; everyone else gives sha256 in hex.
  const shown = (digest: string) =>
    algorithm === 'sha256' ? Buffer.from(digest, 'base64').toString('hex') : digest;
  const { length } = content;
  const cut =
    source.bytes === undefined || source.bytes === length
      ? ''
      : `${length} bytes, not ${source.bytes}; `;
  throw new StudyError(
    `${from ?? source.description} is not the expected file: ${cut}${algorithm} ${shown(actual)}, not ${shown(base64)}`,
    `the file was not used; ${source.byHand}`,
  );
}
