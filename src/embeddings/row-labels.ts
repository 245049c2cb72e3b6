import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../arrays/disk.ts';
import { checked, parseJson } from '../arrays/json.ts';
import { readText } from '../arrays/regular-file.ts';
import { errorCode, StudyError } from '../errors.ts';
import type { ImageSource } from '../images/source.ts';

/** The class of each row of a set of features, as its images say. */
export interface RowLabels {
  /** Where they are from, in words: `the .cls members`. */
  readonly from: string;
  readonly classes: readonly string[];
  /** Of each row, a position in `classes`. */
  readonly codes: Int32Array;
}

/** Next to features: the classes of their images. It names the features, which may be made anew. */
export const labelsName = 'image-labels.json';

const schema = z.object({
  format: z.literal('fid-study labels 1'),
  /** sha256 of the features whose rows these are. */
  features: z.string(),
  from: z.string(),
  classes: z.array(z.string()),
  /** Positions in `classes`, by row: a text is parsed far quicker than a list of numbers. */
  rows: z.string(),
});

/**
 * The classes of the images that have a row.
 *
 * @param skipped images without a row, in order
 * @returns null if the set has none; an error, for those who ask, if they cannot be read or some are
 *   missing
 */
export async function rowLabelsOf(
  { labels, names, path }: ImageSource,
  skipped: readonly { readonly index: number }[],
): Promise<RowLabels | StudyError | null> {
  try {
    const found = await labels?.();
    if (!found) return null;
    const without = new Set(skipped.map(({ index }) => index));
    const codes = found.codes.filter((_, index) => !without.has(index));
    const bare = codes.reduce((sum, code) => sum + (code < 0 ? 1 : 0), 0);
    if (bare === 0) return { ...found, codes };
    const one = names[found.codes.findIndex((code, i) => code < 0 && !without.has(i))];
    return new StudyError(
      `${bare} of ${codes.length} images in ${path} have no class by ${found.from}: ${one}`,
      'give their classes in a file: --labels FILE',
    );
  } catch (error) {
    if (error instanceof StudyError) return error;
    throw error;
  }
}

/** @throws StudyError for a full disk, missing permission and similar */
export async function writeRowLabels(
  folder: string,
  features: string,
  { from, classes, codes }: RowLabels,
): Promise<void> {
  const kept = { format: 'fid-study labels 1', features, from, classes, rows: codes.join(' ') };
  const text = `${JSON.stringify(kept)}\n`;
  await writeAtomically(join(folder, labelsName), (file) => writeFile(file, text));
}

/**
 * The classes that lie next to features.
 *
 * @param features sha256 of the features
 * @returns null if there are none, or they are of other features
 * @throws StudyError if they are damaged
 */
export async function readRowLabels(
  folder: string,
  features: string,
  rows: number,
): Promise<RowLabels | null> {
  const path = join(folder, labelsName);
  const text = await readText(path).catch((error) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return null;
  const hint = 'extract these features again: the same command takes them from the cache';
  const kept = checked(parseJson(text, path, hint), schema, `${path} does not hold classes`, hint);
  if (kept.features !== features) return null;
  const numbers = kept.rows.split(' ');
  const codes = Int32Array.from(numbers, (code) => (/^\d{1,9}$/.test(code) ? Number(code) : -1));
  const isWhole = codes.length === rows && codes.every((c) => c >= 0 && c < kept.classes.length);
  if (isWhole) return { from: kept.from, classes: kept.classes, codes };
  throw new StudyError(`${path} does not hold the classes of ${rows} rows`, hint);
}
