import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../arrays/disk.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of, sha256OfFile } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { type FileStamp, fileStamp } from './file-stamp.ts';
import { openLine, sealLine } from './sealed-journal.ts';

/** Smaller files are hashed faster than their hash is looked up safely. */
export const worthRemembering = 2 ** 24;

/** Bytes of a remembered hash: those written are a third of them. */
const longest = 1024;
/** Files of the memory; beyond, the oldest quarter is forgotten. */
const most = 4096;
/** Milliseconds after which a file is read again, so that bits that rot on a disk are noticed: 30 days. */
const oldest = 30 * 24 * 3_600_000;

const entrySchema = z.object({
  /** What the file, or the files, looked like. */
  state: z.string(),
  value: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was computed, in milliseconds since 1970. */
  when: z.int(),
});

/**
 * A hash that was computed when the files looked the same, kept in the cache folder.
 *
 * @param what is hashed, and which files: any text
 * @param state of the files, from their stamps
 * @returns undefined if there is none, it is of another state, or damaged
 */
export async function recall(what: string, state: string): Promise<string | undefined> {
  const text = await readText(pathOf(what), longest).catch(() => undefined);
  if (text === undefined) return undefined;
  const { data } = entrySchema.safeParse(openLine(text, what));
  const isOld = data && Math.abs(Date.now() - data.when) > oldest;
  return data?.state === state && !isOld ? data.value : undefined;
}

/** Keeps a hash for `recall`. A full or read-only cache is no reason to fail. */
export async function remember(what: string, state: string, value: string): Promise<void> {
  const text = sealLine({ state, value, when: Date.now() }, what);
  try {
    await writeAtomically(pathOf(what), (file) => file.writeFile(text));
    await forgetOldest();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
  }
}

/**
 * A hash of a large file's content, computed once for each state of the file.
 *
 * @param what is hashed and checked, such as `features`
 * @param compute reads the file, and throws if something is wrong with it
 */
export async function rememberedHash(
  what: string,
  path: string,
  compute: () => Promise<string>,
): Promise<string> {
  // Whoever reads the file says why it cannot be read.
  const before = await fileStamp(path).catch(() => undefined);
  if (!before || before.size < worthRemembering) return compute();
  const name = `${what} of ${before.id}`;
  const known = await recall(name, before.state);
  if (known !== undefined) return known;
  const value = await compute();
  if (before.isSettled && (await isUnchanged(path, before))) {
    await remember(name, before.state, value);
  }
  return value;
}

/** `sha256OfFile`, computed once for each state of a large file. @throws as it does */
export function rememberedSha256(path: string, mostBytes?: number): Promise<string> {
  return rememberedHash('sha256', path, () => sha256OfFile(path, mostBytes));
}

async function isUnchanged(path: string, { id, state }: FileStamp): Promise<boolean> {
  const now = await fileStamp(path).catch(() => undefined);
  return now?.id === id && now.state === state;
}

function pathOf(what: string): string {
  return cacheFolder('hashes', `${sha256Of(what)}.json`);
}

async function forgetOldest(): Promise<void> {
  const folder = cacheFolder('hashes');
  const names = await readdir(folder);
  if (names.length <= most) return;
  const times = new Map<string, number>();
  for (const name of names) {
    // Another process may have removed it.
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: 0 }));
    times.set(name, mtimeMs);
  }
  const byAge = names.sort((a, b) => times.get(a)! - times.get(b)!);
  for (const name of byAge.slice(0, Math.floor(most / 4))) {
    await rm(join(folder, name), { force: true });
  }
}
