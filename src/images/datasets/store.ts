import { writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { diskError, writeAtomically } from '../../arrays/disk.ts';
import { sha256Of } from '../../arrays/sha256.ts';
import { readTarball } from '../../downloads/tarball.ts';
import { errorCode, StudyError } from '../../errors.ts';
import { cacheFolder } from '../../provenance/cache-folder.ts';
import { rememberedSha256 } from '../../provenance/remembered-hashes.ts';
import type { Dataset, DatasetFile } from './dataset.ts';
import type { Split } from './names.ts';

/** A split, or a whole data set, as the cache folder has it. */
export type DatasetState = 'ready' | 'absent' | 'damaged';

/** Where a split's files are kept, whether or not they are there. */
export function splitFolder({ dataset, split }: Split): string {
  return cacheFolder('data', dataset.name, split);
}

/** The paths of a split's files, in the order of the split. */
export function splitFiles({ dataset, split }: Split): string[] {
  return dataset.splits[split]!.map((file) => filePath(dataset, split, file));
}

/** Looks a split up in the cache folder, and checks each file's sha256. */
export async function inspectSplit({ dataset, split }: Split): Promise<DatasetState> {
  for (const file of dataset.splits[split]!) {
    const sha256 = await fileSha256(filePath(dataset, split, file));
    if (sha256 === undefined) return 'absent';
    if (sha256 !== file.sha256) return 'damaged';
  }
  return 'ready';
}

/** The state of the first split that is not ready, if any: one pull unpacks all. */
export async function inspectDataset(dataset: Dataset): Promise<DatasetState> {
  for (const split of Object.keys(dataset.splits)) {
    const state = await inspectSplit({ dataset, split });
    if (state !== 'ready') return state;
  }
  return 'ready';
}

/**
 * Unpacks a data set's archive into the cache folder. Each file is renamed into place when it is
 * whole; two processes that pull at once write the same bytes, so either may win.
 *
 * @param archive the gzipped tar, verified
 * @throws StudyError if the archive lacks a file, or the cache folder cannot be written
 */
export async function storeDataset(dataset: Dataset, archive: Uint8Array): Promise<void> {
  const members = await readTarball(archive);
  for (const [split, files] of Object.entries(dataset.splits)) {
    for (const file of files) {
      const bytes = members.get(file.member);
      if (!bytes) throw unlike(dataset, `has no ${file.member}`);
      const sha256 = sha256Of(bytes);
      if (sha256 !== file.sha256) throw unlike(dataset, `has a ${file.member} of sha256 ${sha256}`);
      await writeAtomically(filePath(dataset, split, file), (out) => writeFile(out, bytes));
    }
  }
}

function filePath(dataset: Dataset, split: string, { member }: DatasetFile): string {
  return cacheFolder('data', dataset.name, split, posix.basename(member));
}

async function fileSha256(path: string): Promise<string | undefined> {
  try {
    return await rememberedSha256(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw diskError(error, path);
  }
}

function unlike({ name, source }: Dataset, what: string): StudyError {
  return new StudyError(`the archive of ${name} ${what}`, source.byHand);
}
