import { open, readFile, rename, rm } from 'node:fs/promises';
import { diskError, writeAtomically } from '../arrays/disk.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode } from '../errors.ts';
import { type LockWords, takeLock } from './lock.ts';

export interface SealedJournal {
  /** What its lines hold, in their order. */
  readonly values: readonly unknown[];
  /** Where the lines of another header are now, if there were any. */
  readonly setAside: string | null;
  /** Lines that were changed on disk, and left out. */
  readonly damaged: number;
  append(value: unknown): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  /** First line: all that decides what the lines are worth. As JSON it is compared by its text. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly lock: LockWords;
  /** Whether a value is of the right shape, and need not be made again. */
  readonly isWorth: (value: unknown) => boolean;
  /**
   * Asked of a header that is not this one: whether its lines are set aside rather than lost. Throws
   * where the folder is to be refused.
   */
  readonly isSetAside: (header: Readonly<Record<string, unknown>>) => boolean;
}

/**
 * Opens a journal (.jsonl) under a lock: values that were finished, one sealed line each. A line that
 * is torn, changed or of another journal is left out. Lines of another header are set aside, and
 * taken up again where that header comes back.
 *
 * @throws StudyError where another process has it open, or it cannot be written
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
    // What follows the last line's end is empty, or torn by a crash.
    const damaged = read.slice(0, -1).filter((value) => value === undefined).length;
    const values = read.filter((value) => value !== undefined && isWorth(value));
    // Written anew, so that new lines start on a line of their own.
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
 * A line: a value and 64 bits of its hash. The hash is of the header too: a line is of no use in
 * another journal.
 */
export function sealLine(value: unknown, header: string): string {
  const text = JSON.stringify(value);
  const hash = sha256Of(header, '\n', text).slice(0, 16);
  return `{"hash":"${hash}","value":${text}}`;
}

/** The value of a line; undefined where it is torn, changed, or of another journal. */
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
    return (await readFile(path, 'utf8')).split('\n');
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
