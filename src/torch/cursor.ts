import { StudyError } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Longer than any line of a pickle that we accept. */
const maxLine = 256;

/** Bytes read from front to back; every step is checked against their end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  /** The next `length` bytes, as a view. @throws StudyError if there are fewer */
  take(length: number): Uint8Array {
    const start = this.#step(length);
    return this.#bytes.subarray(start, start + length);
  }

  uint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#step(8), true);
  }

  /** A length: numbers beyond 2^53 are rounded, and are beyond the end of any file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#step(8), true));
  }

  /** Big-endian, as pickles alone have it. */
  float64(): number {
    return this.#view.getFloat64(this.#step(8));
  }

  text(length: number): string {
    const bytes = this.take(length);
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw damaged(`no UTF-8 at byte ${this.at - length}`, { cause });
    }
  }

  /** Up to the next newline, which is dropped. */
  line(): string {
    const end = this.#bytes.subarray(this.at, this.at + maxLine).indexOf(0x0a);
    if (end === -1) throw damaged(`no end of the line at byte ${this.at}`);
    const line = this.text(end);
    this.at += 1;
    return line;
  }

  #step(length: number): number {
    const start = this.at;
    if (length > this.left) {
      throw damaged(`${length} bytes wanted at byte ${start}, ${this.left} left`);
    }
    this.at += length;
    return start;
  }
}

/** An error about the file as a whole. */
export function damaged(why: string, options?: ErrorOptions): StudyError {
  return new StudyError(
    `unreadable file: ${why}`,
    'it may be cut or damaged: fetch or save it again; docs/sides.md lists what is read',
    options,
  );
}

/** Adds the file's name to what was refused in it. */
export function inFile(path: string, error: unknown): unknown {
  if (!(error instanceof StudyError) || error.message.startsWith(path)) return error;
  return new StudyError(`${path}: ${error.message}`, error.hint, { cause: error });
}

/** A text from a file as it may stand in a message: short, and no control characters. */
export function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
