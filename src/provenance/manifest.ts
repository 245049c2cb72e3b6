import { basename, join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../arrays/json.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of, sha256OfFile } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';

/** The name of every manifest. */
export const manifestName = 'manifest.json';

/**
 * The text of a manifest with its seal: a hash of all its values, which reveals a change. Spaces and
 * line ends do not count.
 *
 * @param replacer as of JSON.stringify
 */
export function sealedManifest(
  manifest: object,
  replacer?: (key: string, value: unknown) => unknown,
): string {
  const values = JSON.parse(JSON.stringify(manifest, replacer));
  return `${JSON.stringify({ ...values, seal: sealOf(values) }, null, 2)}\n`;
}

/**
 * Checks a manifest, as read from JSON, against its seal. Manifests of earlier versions have no seal and
 * pass.
 *
 * @returns whether it is sealed
 * @throws StudyError if it was changed
 */
export function checkSeal(manifest: unknown, path: string, hint: string): boolean {
  const { seal, ...values } = Object(manifest);
  if (seal === undefined) return false;
  if (seal === sealOf(values)) return true;
  throw new StudyError(`${path} was changed after it was written: its seal does not match`, hint);
}

function sealOf(values: object): string {
  return sha256Of(JSON.stringify(values));
}

/** Tables of a folder by name, with their sha256, for its manifest. timings.csv differs in each run. */
export async function hashesOfTables(paths: readonly string[]): Promise<Record<string, string>> {
  const tables = paths.filter((path) => /\.csv$/.test(path) && basename(path) !== 'timings.csv');
  const hashes: Record<string, string> = {};
  for (const path of tables) hashes[basename(path)] = await sha256OfFile(path);
  return hashes;
}

const filesSchema = z.object({ files: z.record(z.string(), z.string()) });

/**
 * Checks tables against the manifest next to them, if it is sealed and has their hashes. A missing
 * manifest, or one that is not JSON, is left to its reader.
 *
 * @returns whether it is sealed
 * @throws StudyError naming the first file that was changed
 */
export async function checkTables(folder: string, names: readonly string[]): Promise<boolean> {
  const path = join(folder, manifestName);
  const again = 'restore it, or run the same command again to write it';
  const manifest = await readText(path)
    .then((text) => parseJson(text, path, again))
    .catch(() => undefined);
  if (!checkSeal(manifest, path, again)) return false;
  const { files = {} } = filesSchema.safeParse(manifest).data ?? {};
  for (const name of names) {
    const table = join(folder, name);
    const expected = files[name];
    const actual = expected && (await sha256OfFile(table).catch(undefinedIfUnreadable));
    if (actual === undefined || actual === expected) continue;
    throw new StudyError(
      `${table} was changed after it was written: the ${manifestName} next to it has another hash`,
      again,
    );
  }
  return true;
}

/** The reader of the file reports why it cannot be read. */
function undefinedIfUnreadable(error: unknown): undefined {
  if (errorCode(error) === undefined) throw error;
}
