import { open, rename, rm } from 'node:fs/promises';
import { diskError, writeAtomically } from '../arrays/disk.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode } from '../errors.ts';
import { type LockWords, takeLock } from './lock.ts';

export interface SealedJournal {
  /** The values of its lines, in order. */
  readonly values: readonly unknown[];
  /** The file with the lines of another header, if there were any. */
  readonly setAside: string | null;
  /** Lines that were changed on disk and are ignored. */
  readonly damaged: number;
  append(value: unknown): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  /** First line: everything that decides whether the lines are valid. Compared as JSON text. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly lock: LockWords;
  /** Whether a value has the right shape, so that it need not be computed again. */
  readonly isWorth: (value: unknown) => boolean;
  /**
   * Called with a different header: whether its lines are set aside rather than lost. Throws to refuse
   * the folder.
   */
  readonly isSetAside: (header: Readonly<Record<string, unknown>>) => boolean;
}

/**
 * Opens a journal (.jsonl) under a lock: finished values, one sealed line each. A torn, changed or
 * foreign line is ignored. Lines of another header are set aside and used again when that header returns.
 *
 * @throws StudyError if another process has it open, or it cannot be written
 */
export async function openSealedJournal(
  path: string,
  { header: names, lock: words, isWorth, isSetAside }: JournalOptions,
): Promise<SealedJournal> {
  const header = JSON.stringify(names);
  const lock = await takeLock(`${path}.lock`, words);
  try {
    const found = await readLines(path);
    const other = found && found[0] !== header ? found : null;
    const isKept = other && isSetAside(parseHeader(other[0])) && other.slice(1).some(Boolean);
    const setAside = isKept ? asidePath(path, other[0]!) : null;
    if (setAside) await rename(path, setAside);
    const own = other || !found ? await readLines(asidePath(path, header)) : found;
    const lines = own?.[0] === header ? own.slice(1) : [];
    const read = lines.map((line) => openLine(line, header));
    // Text after the last line end is empty, or torn by a crash.
    const damaged = read.slice(0, -1).filter((value) => value === undefined).length;
    const values = read.filter((value) => value !== undefined && isWorth(value));
    // Rewritten, so that the next value starts on a new line.
    const text = [header, ...values.map((value) => sealLine(value, header)), ''].join('\n');
    await writeAtomically(path, (file) => file.writeFile(text));
    await rm(asidePath(path, header), { force: true });
    const file = await open(path, 'a');
    let written = Promise.resolve();
    const write = async (value: unknown) => {
      await lock.check();
      await file.appendFile(`${sealLine(value, header)}\n`);
    };
    return {
      values,
      setAside,
      damaged,
      async append(value) {
        written = written.then(() => write(value));
        await written.catch((error) => {
          throw diskError(error, path);
        });
      },
      close: () => file.close().finally(lock.release),
    };
  } catch (error) {
    await lock.release();
    throw diskError(error, path);
  }
}

/**
 * A line: a value and 64 bits of its hash. The hash covers the header too, so a line is not valid in
 * another journal.
 */
export function sealLine(value: unknown, header: string): string {
  const text = JSON.stringify(value);
  const hash = sha256Of(header, '\n', text).slice(0, 16);
  return `{"hash":"${hash}","value":${text}}`;
}

/** The value of a line; undefined if it is torn, changed, or from another journal. */
export function openLine(line: string, header: string): unknown {
  try {
    const { value } = Object(JSON.parse(line));
    return sealLine(value, header) === line ? value : undefined;
  } catch {
    return undefined;
  }
}

async function readLines(path: string): Promise<string[] | null> {
  try {
    return (await readText(path)).split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function parseHeader(text = ''): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function asidePath(path: string, header: string): string {
  return path.replace(/\.jsonl$/, `-${sha256Of(header).slice(0, 8)}.jsonl`);
}
