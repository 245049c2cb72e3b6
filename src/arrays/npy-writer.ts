import { writeAtomically, writeFully } from './disk.ts';
import { formatNpyHeader } from './npy-header.ts';

/**
 * Writes float32 rows `[N, dimension]` as a .npy, a block at a time and in C order, so that N need
 * not be known beforehand. Each block is whole rows. The file is seen whole or not at all.
 * @throws StudyError for a full disk, missing permission and the like.
 */
export async function writeNpyRows(
  path: string,
  dimension: number,
  blocks: Iterable<Float32Array> | AsyncIterable<Float32Array>,
): Promise<{ rows: number }> {
  let rows = 0;
  await writeAtomically(path, async (file) => {
    let position = formatNpyHeader('f4', [0, dimension]).length;
    for await (const block of blocks) {
      if (block.length % dimension !== 0) {
        throw new RangeError(`${block.length} values are no whole rows of ${dimension}`);
      }
      const bytes = new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
      await writeFully(file, bytes, position);
      position += bytes.length;
      rows += block.length / dimension;
    }
    // The header is of one length for any N: it goes in last, when N is known.
    await writeFully(file, formatNpyHeader('f4', [rows, dimension]), 0);
  });
  return { rows };
}
