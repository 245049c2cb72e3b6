import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { diskError, makeFolder, writeFully } from '../arrays/disk.ts';
import { formatNpyHeader, npyHeaderBytes } from '../arrays/npy-header.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import { errorCode } from '../errors.ts';
import { openLine, sealLine } from '../provenance/sealed-journal.ts';
import { featuresName } from './manifest.ts';

const skippedSchema = z.object({ index: z.int().nonnegative(), reason: z.string() });

/** One line of the journal: a chunk of images whose rows are on disk. */
const entrySchema = z.object({
  /** Images done up to and with this chunk. */
  images: z.int().nonnegative(),
  /** Rows of this chunk: its images without the skipped ones. */
  rows: z.int().nonnegative(),
  /** sha256 of the rows' bytes. */
  sha256: z.string(),
  skipped: z.array(skippedSchema),
  /** Which of the rows came from other sets: how many, by the set's key. */
  reused: z.record(z.string(), z.int().nonnegative()).default({}),
  /** Names the machine and the settings that extracted it. */
  by: z.string(),
});
export type Entry = z.infer<typeof entrySchema>;

/** An image without a row, and the reason. */
export type Skipped = z.infer<typeof skippedSchema>;

export const journalName = 'journal.jsonl';

/** A line of the journal. Its hash is of the dimension too, without which rows cannot be told apart. */
export function entryLine(entry: Entry, dimension: number): string {
  return `${sealLine(entry, headerOf(dimension))}\n`;
}

function headerOf(dimension: number): string {
  return `fid-study partial set 2, dimension ${dimension}`;
}

export interface PartialSetOptions {
  /** Names the machine and the settings that extract from now on. */
  readonly by?: string;
  /** Asked before each write; throws where the set is no longer this process's to write. */
  readonly beforeWrite?: () => Promise<void>;
}

/**
 * A set of features during extraction: `features.npy`, to which chunks are appended, and a journal with
 * a checksum of each chunk. A chunk counts once its line is in the journal, which is written after its
 * rows are on disk. Anything after the last whole chunk is overwritten.
 */
export class PartialSet {
  readonly #folder: string;
  readonly #dimension: number;
  readonly #beforeWrite: () => Promise<void>;
  readonly #by: string;
  readonly #makers = new Set<string>();
  readonly #features: FileHandle;
  readonly #journal: FileHandle;
  #images = 0;
  #rows = 0;
  #skipped: Skipped[] = [];
  readonly #reused = new Map<string, number>();
  #journalBytes = 0;

  private constructor(
    folder: string,
    dimension: number,
    { by = '', beforeWrite = async () => {} }: PartialSetOptions,
    features: FileHandle,
    journal: FileHandle,
  ) {
    this.#folder = folder;
    this.#dimension = dimension;
    this.#beforeWrite = beforeWrite;
    this.#by = by;
    this.#features = features;
    this.#journal = journal;
  }

  /**
   * Opens a folder's set where the last run stopped, or starts one.
   * @throws StudyError for a full disk, missing permission and the like
   */
  static async open(
    folder: string,
    dimension: number,
    options: PartialSetOptions = {},
  ): Promise<PartialSet> {
    const opened: FileHandle[] = [];
    try {
      await makeFolder(folder);
      for (const name of [featuresName, journalName]) {
        opened.push(await openReadWrite(join(folder, name)));
      }
      const set = new PartialSet(folder, dimension, options, opened[0]!, opened[1]!);
      await set.#resume();
      return set;
    } catch (error) {
      for (const file of opened) await file.close();
      throw diskError(error, folder);
    }
  }

  /** Images done: where to resume. */
  get images(): number {
    return this.#images;
  }

  get rows(): number {
    return this.#rows;
  }

  get skipped(): readonly Skipped[] {
    return this.#skipped;
  }

  /** Rows that came from other sets, by the set's key. */
  get reused(): ReadonlyMap<string, number> {
    return this.#reused;
  }

  /** Whether its rows are of several machines, or of several settings. */
  get isMixed(): boolean {
    return this.#makers.size > 1;
  }

  /**
   * Appends a chunk and waits until it is on disk.
   * @param images how many images it covers, with the skipped ones
   * @param features [rows, dimension]
   * @param reused how many of them came from other sets, by the set's key
   * @throws StudyError for a full disk and the like; the chunks before stay whole
   */
  async append(
    images: number,
    features: Float32Array,
    skipped: Skipped[],
    reused: ReadonlyMap<string, number> = new Map(),
  ): Promise<void> {
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    const rows = features.length / this.#dimension;
    const entry: Entry = {
      images: this.#images + images,
      rows,
      sha256: sha256Of(bytes),
      skipped,
      reused: Object.fromEntries(reused),
      by: this.#by,
    };
    const line = Buffer.from(entryLine(entry, this.#dimension));
    try {
      await this.#beforeWrite();
      await writeFully(this.#features, bytes, this.#end());
      await this.#features.datasync();
      await writeFully(this.#journal, line, this.#journalBytes);
      await this.#journal.datasync();
    } catch (error) {
      throw diskError(error, this.#folder);
    }
    this.#journalBytes += line.length;
    this.#take(entry);
  }

  /**
   * Gives `features.npy` its header.
   * @returns the sha256 of the file, read from disk again
   */
  async complete(): Promise<string> {
    try {
      await this.#beforeWrite();
      await this.#features.truncate(this.#end());
      await writeFully(this.#features, formatNpyHeader('f4', [this.#rows, this.#dimension]), 0);
      await this.#features.sync();
      return await this.#hashOf(0, this.#end());
    } catch (error) {
      throw diskError(error, this.#folder);
    }
  }

  async close(): Promise<void> {
    await this.#features.close();
    await this.#journal.close();
  }

  /** sha256 of a part of `features.npy`, read from disk piece by piece. */
  async #hashOf(start: number, length: number): Promise<string> {
    const hash = sha256Stream();
    // A stream's end is its last byte: it has no way to say that there is none.
    if (length > 0) {
      const range = { start, end: start + length - 1, autoClose: false };
      for await (const chunk of this.#features.createReadStream(range)) hash.update(chunk);
    }
    return hash.digest('hex');
  }

  #end(): number {
    return npyHeaderBytes + this.#rows * this.#dimension * 4;
  }

  #take(entry: Entry): void {
    this.#images = entry.images;
    this.#makers.add(entry.by);
    this.#rows += entry.rows;
    for (const skipped of entry.skipped) this.#skipped.push(skipped);
    for (const [key, rows] of Object.entries(entry.reused)) {
      this.#reused.set(key, (this.#reused.get(key) ?? 0) + rows);
    }
  }

  /** Takes the chunks whose line and rows are both whole, up to the first that is not. */
  async #resume(): Promise<void> {
    const text = await readText(join(this.#folder, journalName));
    const { size } = await this.#features.stat();
    for (const line of text.split(/(?<=\n)/)) {
      const entry = parseEntry(line, this.#dimension);
      if (!entry || !follows(entry, this.#images)) break;
      // A damaged line may claim any number of rows.
      const length = entry.rows * this.#dimension * 4;
      if (this.#end() + length > size) break;
      if ((await this.#hashOf(this.#end(), length)) !== entry.sha256) break;
      this.#journalBytes += Buffer.byteLength(line);
      this.#take(entry);
    }
    await this.#journal.truncate(this.#journalBytes);
  }
}

/**
 * Whether a chunk goes on after so many images: each of its images has a row, or is one of the skipped
 * ones, which are listed in order.
 */
function follows({ images, rows, skipped, reused }: Entry, before: number): boolean {
  const inOrder = skipped.every(({ index }, i) => index > (skipped[i - 1]?.index ?? before - 1));
  const copied = Object.values(reused).reduce((sum, count) => sum + count, 0);
  return (
    images > before &&
    images - before === rows + skipped.length &&
    inOrder &&
    (skipped.at(-1)?.index ?? before) < images &&
    copied <= rows
  );
}

/** Undefined for a line that is torn or changed. */
function parseEntry(line: string, dimension: number): Entry | undefined {
  if (!line.endsWith('\n')) return undefined;
  return entrySchema.safeParse(openLine(line.slice(0, -1), headerOf(dimension))).data;
}

async function openReadWrite(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return open(path, 'wx+');
  }
}
