import { BLOCK } from '../metrics/features.ts';
import type { RowReader } from './spec.ts';

/** The first `size` rows z of a draw in blocks [count, d]; each block overwrites the one before. */
export async function* drawnBlocks(
  reader: RowReader,
  size: number,
  dimension: number,
): AsyncGenerator<{ readonly data: Float64Array; readonly count: number }> {
  const data = new Float64Array(Math.min(BLOCK, size) * dimension);
  for (let start = 0; start < size; start += BLOCK) {
    const count = Math.min(BLOCK, size - start);
    await reader.next(data, count);
    yield { data, count };
  }
}
