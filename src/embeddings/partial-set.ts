import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { diskError, makeFolder, writeFully } from '../arrays/disk.ts';
import { formatNpyHeader, npyHeaderBytes } from '../arrays/npy-header.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import { errorCode } from '../errors.ts';
import { openLine, sealLine } from '../provenance/sealed-journal.ts';
import { type Digests, digestBytes, digestsName, type Range } from './digests.ts';
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
  /** sha256 of the digests of its images. */
  digests: z.string(),
  skipped: z.array(skippedSchema),
  /** Which of the rows came from other sets: how many, by the set's key. */
  reused: z.record(z.string(), z.int().nonnegative()).default({}),
  /** Names the machine and the settings that extracted it. */
  by: z.string(),
});
export type Entry = z.infer<typeof entrySchema>;

/** An image without a row, and the reason. */
export type Skipped = z.infer<typeof skippedSchema>;

/** Images in order whose rows can be written. */
export interface Part {
  readonly images: number;
  /** [images without the bad ones, dimension] */
  readonly rows: Float32Array;
  readonly bad: readonly Skipped[];
  /** Rows copied from other sets, by the set's key. */
  readonly reused: ReadonlyMap<string, number>;
}

export const journalName = 'journal.jsonl';

/** A line of the journal. Its hash is of the dimension too, without which rows cannot be told apart. */
export function entryLine(entry: Entry, dimension: number): string {
  return `${sealLine(entry, headerOf(dimension))}\n`;
}

function headerOf(dimension: number): string {
  return `fid-study partial set 3, dimension ${dimension}`;
}

/** Read at a time to hash rows: 4 MiB. */
const pieceBytes = 2 ** 22;

export interface PartialSetOptions {
  /** Names the machine and the settings that extract from now on. */
  readonly by?: string;
  /** Asked before each write; throws where the set is no longer this process's to write. */
  readonly beforeWrite?: () => Promise<void>;
  /** Whether images done earlier are still those whose digests are there; default: not asked. */
  readonly isSame?: (images: Range) => Promise<boolean>;
}

/**
 * A set of features during extraction: `features.npy` and the digests of the images, to which chunks are
 * appended, and a journal with checksums of each chunk. A chunk counts once its line is in the journal, which is written after its
 * rows are on disk. Anything after the last whole chunk is overwritten.
 */
export class PartialSet {
  readonly #folder: string;
  readonly #dimension: number;
  readonly #digests: Digests;
  readonly #options: PartialSetOptions;
  readonly #makers = new Set<string>();
  readonly #features: FileHandle;
  readonly #journal: FileHandle;
  readonly #digestFile: FileHandle;
  #images = 0;
  #rows = 0;
  #skipped: Skipped[] = [];
  readonly #reused = new Map<string, number>();
  #journalBytes = 0;

  private constructor(
    folder: string,
    dimension: number,
    digests: Digests,
    options: PartialSetOptions,
    [features, journal, digestFile]: readonly FileHandle[],
  ) {
    this.#folder = folder;
    this.#dimension = dimension;
    this.#digests = digests;
    this.#options = options;
    this.#features = features!;
    this.#journal = journal!;
    this.#digestFile = digestFile!;
  }

  /**
   * Opens a folder's set where the last run stopped, or starts one.
   * @param digests of all images; those of the images done are filled in here, the others by whoever
   *   reads the images, before `append`
   * @throws StudyError for a full disk, missing permission and the like
   */
  static async open(
    folder: string,
    dimension: number,
    digests: Digests,
    options: PartialSetOptions = {},
  ): Promise<PartialSet> {
    const opened: FileHandle[] = [];
    try {
      await makeFolder(folder);
      for (const name of [featuresName, journalName, digestsName]) {
        opened.push(await openReadWrite(join(folder, name)));
      }
      const set = new PartialSet(folder, dimension, digests, options, opened);
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
   * Appends a chunk and waits until it is on disk. The digests of its images are there.
   * @throws StudyError for a full disk and the like; the chunks before stay whole
   */
  async append({ images, rows: features, bad, reused }: Part): Promise<void> {
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    const digests = this.#digests.bytes(this.#images, this.#images + images);
    const entry: Entry = {
      images: this.#images + images,
      rows: features.length / this.#dimension,
      sha256: sha256Of(bytes),
      digests: sha256Of(digests),
      skipped: [...bad],
      reused: Object.fromEntries(reused),
      by: this.#options.by ?? '',
    };
    const line = Buffer.from(entryLine(entry, this.#dimension));
    try {
      await this.#options.beforeWrite?.();
      await writeFully(this.#features, bytes, this.#end());
      await writeFully(this.#digestFile, digests, this.#images * digestBytes);
      await Promise.all([this.#features.datasync(), this.#digestFile.datasync()]);
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
      await this.#options.beforeWrite?.();
      await this.#digestFile.truncate(this.#images * digestBytes);
      await this.#digestFile.sync();
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
    await this.#digestFile.close();
  }

  /** sha256 of a part of `features.npy`, read from disk piece by piece. */
  async #hashOf(start: number, length: number): Promise<string> {
    const hash = sha256Stream();
    const piece = Buffer.allocUnsafeSlow(Math.min(length, pieceBytes));
    for (let done = 0; done < length; ) {
      const wanted = Math.min(piece.length, length - done);
      const { bytesRead } = await this.#features.read(piece, 0, wanted, start + done);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      done += bytesRead;
    }
    return hash.digest('hex');
  }

  /** Reads the digests of images into those of all; false if they are cut short or changed. */
  async #hasDigests({ start, end }: Range, sha256: string): Promise<boolean> {
    const bytes = this.#digests.bytes(start, end);
    const { bytesRead } = await this.#digestFile.read(bytes, 0, bytes.length, start * digestBytes);
    return bytesRead === bytes.length && sha256Of(bytes) === sha256;
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

  /** Takes the chunks that are whole and of the same images, up to the first that is not. */
  async #resume(): Promise<void> {
    const text = await readText(join(this.#folder, journalName));
    const { size } = await this.#features.stat();
    for (const line of text.split(/(?<=\n)/)) {
      const entry = parseEntry(line, this.#dimension);
      if (!entry || !follows(entry, this.#images)) break;
      // A damaged line may claim any number of rows.
      const length = entry.rows * this.#dimension * 4;
      if (this.#end() + length > size || entry.images > this.#digests.count) break;
      if ((await this.#hashOf(this.#end(), length)) !== entry.sha256) break;
      const images = { start: this.#images, end: entry.images };
      if (!(await this.#hasDigests(images, entry.digests))) break;
      if (this.#options.isSame && !(await this.#options.isSame(images))) break;
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
