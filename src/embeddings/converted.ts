import { stat } from 'node:fs/promises';
import { writeAtomically, writeFully } from '../arrays/disk.ts';
import { formatNpyHeader } from '../arrays/npy-header.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { type Embeddings, openEmbeddings } from './open.ts';

/** Features as another tool's file holds them. */
export interface ForeignFeatures {
  readonly rows: number;
  readonly dimension: number;
  /** [rows, dimension], row-major. */
  readonly values: Float32Array | Float64Array;
}

/**
 * Opens features of a format whose rows cannot be read in place. They are stored once as a .npy in the
 * cache folder, under the hash of the content, for workers to read.
 * @param path what the user named
 * @throws StudyError as `openEmbeddings` does
 */
export async function openConverted(path: string, features: ForeignFeatures): Promise<Embeddings> {
  const { rows, dimension, values } = features;
  const dtype = values instanceof Float32Array ? 'f4' : 'f8';
  const header = formatNpyHeader(dtype, [rows, dimension]);
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const sha256 = sha256Of(header, data);
  const npy = cacheFolder('converted', `${sha256}.npy`);
  const kept = await openKept(npy, sha256);
  if (kept) return { ...kept, path };
  await writeAtomically(npy, async (file) => {
    await writeFully(file, header, 0);
    await writeFully(file, data, header.length);
  });
  try {
    return { ...(await openEmbeddings(npy)), path };
  } catch (error) {
    // For example about NaN: name the user's own file.
    if (!(error instanceof StudyError)) throw error;
    throw new StudyError(error.message.replaceAll(npy, path), error.hint, { cause: error });
  }
}

/** The file of an earlier run, if it exists and is complete. */
async function openKept(npy: string, sha256: string): Promise<Embeddings | undefined> {
  if (!(await stat(npy).catch(() => undefined))) return undefined;
  try {
    const kept = await openEmbeddings(npy);
    if (kept.sha256 === sha256) return kept;
    kept.close();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
  }
  return undefined;
}
