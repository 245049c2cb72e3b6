import type { ByteFiles } from '../../arrays/open-files.ts';
import { StudyError } from '../../errors.ts';
import { Classes, type ImageLabels } from '../labels.ts';
import type { Chunk } from './chunk.ts';
import { pagesOf } from './pages.ts';
import { dictionaryOf, type Value, valuesOf } from './values.ts';

/**
 * The classes in a column, of all rows.
 * @param names of the numbers, where the files tell
 * @throws StudyError if the column is damaged, or it is not clear which one is meant
 */
export async function labelsOf(
  files: ByteFiles,
  chunks: readonly Chunk[] | StudyError,
  names: readonly string[] | undefined,
): Promise<ImageLabels> {
  if (chunks instanceof StudyError) throw chunks;
  const classes = new Classes();
  const codes: number[] = [];
  for (const chunk of chunks) {
    const pages = await pagesOf(files, chunk);
    const entries = await dictionaryOf(files, chunk, pages);
    for (const page of pages.data) {
      for (const value of await valuesOf(files, chunk, page, entries)) {
        const name = nameOf(value, names);
        codes.push(name === null ? -1 : classes.codeOf(name));
      }
    }
  }
  const from = `the column ${chunks[0]?.column.name}`;
  return { from, classes: classes.names, codes: Int32Array.from(codes) };
}

/** Hugging Face writes -1 where a class is not known. */
function nameOf(value: Value, names: readonly string[] | undefined): string | null {
  if (value === null || value === -1) return null;
  if (typeof value !== 'number') return Buffer.from(value).toString('utf8');
  return names?.[value] ?? String(value);
}
