import { join } from 'node:path';
import { hashesOfTables, manifestName, sealedManifest } from '../provenance/manifest.ts';
import { writeWhole } from '../tables/files.ts';

/**
 * Writes the tables of a result, by name, and a manifest with their hashes.
 *
 * @param replacer of the manifest, as of JSON.stringify
 * @returns the names of the files
 */
export async function writeResultFolder(
  folder: string,
  tables: Readonly<Record<string, string>>,
  manifest: object,
  replacer?: (key: string, value: unknown) => unknown,
): Promise<string[]> {
  const names = Object.keys(tables);
  for (const name of names) await writeWhole(join(folder, name), tables[name]!);
  const files = await hashesOfTables(names.map((name) => join(folder, name)));
  await writeWhole(join(folder, manifestName), sealedManifest({ ...manifest, files }, replacer));
  return [...names, manifestName];
}
