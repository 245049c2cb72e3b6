import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type NpzArray, readNpz, writeNpz } from '../arrays/npz.ts';
import { sha256Stream } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';

/** Arrays of float64 by name, with their shapes; none of them empty. */
export type JobArrays = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float64Array }>
>;

/** Where arrays with this hash are kept. */
export function arraysPath(folder: string, hash: string): string {
  return join(folder, `arrays-${hash.slice(0, 16)}.npz`);
}

/** Writes arrays once, and returns their hash: jobs that start from the same numbers share a file. */
export async function writeArrays(folder: string, arrays: JobArrays): Promise<string> {
  const hash = hashOf(arrays);
  const path = arraysPath(folder, hash);
  const isThere = existsSync(path) && (await isIntact(path, Object.keys(arrays), hash));
  if (!isThere) await writeNpz(path, arrays);
  return hash;
}

/**
 * Reads a job's arrays.
 *
 * @throws StudyError if they are missing, or not those that were written
 */
export async function readArrays<Name extends string>(
  path: string,
  names: readonly Name[],
  hash: string,
): Promise<Record<Name, NpzArray>> {
  const arrays = await readNpz(path, names);
  if (hashOf(arrays) === hash) return arrays;
  throw new StudyError(
    `${path} was changed after it was written`,
    'delete it and run the command that prepared the job again',
  );
}

async function isIntact(path: string, names: readonly string[], hash: string): Promise<boolean> {
  return readArrays(path, names, hash).then(
    () => true,
    (error) => {
      if (error instanceof StudyError) return false;
      throw error;
    },
  );
}

function hashOf(arrays: JobArrays): string {
  const hash = sha256Stream();
  for (const name of Object.keys(arrays).sort()) {
    const { shape, values } = arrays[name]!;
    const { buffer, byteOffset, byteLength } = values;
    hash.update(`${JSON.stringify([name, shape])}\n`);
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
