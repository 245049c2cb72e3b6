import { type NpyRows, openNpyRows } from '../arrays/npy-file.ts';
import { type Rows, type Sample, sampleOf } from '../metrics/sample.ts';
import type { ExtraPaths } from './metric-spec.ts';

/** Rows of a file, or some of them, as metrics read them: nothing is kept in memory. */
export function rowsOfFile(
  { rows, dimension, readBlock, readRows }: NpyRows,
  of?: Uint32Array,
): Rows {
  return {
    rows: of?.length ?? rows,
    dimension,
    read(start, count, out) {
      const block = out.subarray(0, count * dimension);
      if (of) readRows(of.slice(start, start + count), block);
      else readBlock(start, count, block);
      return block;
    },
  };
}

/** A sample that lies in files. */
export function openSample(
  path: string,
  extra: ExtraPaths = {},
  of?: Uint32Array,
): { readonly sample: Sample; close(): void } {
  const opened: NpyRows[] = [];
  const open = (each: string) => {
    const file = openNpyRows(each);
    opened.push(file);
    return rowsOfFile(file, of);
  };
  const close = () => {
    for (const file of opened) file.close();
  };
  try {
    const { logits, spatial } = extra;
    const sample = sampleOf(open(path), {
      logits: logits === undefined ? null : open(logits),
      spatial: spatial === undefined ? null : open(spatial),
    });
    return { sample, close };
  } catch (error) {
    close();
    throw error;
  }
}
