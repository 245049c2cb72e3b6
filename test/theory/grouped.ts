import type { FeatureRows } from '../../src/metrics/features.ts';

/** How the rows of a group are alike: all one, nearly, or as far out in directions of their own. */
export type Alike = 'equal' | 'near' | 'distinct';

/** A set some rows of which have been moved `far` times as far from `centre` as one of them was. */
export function withGroup(
  { rows, dimension, readBlock }: FeatureRows,
  count: number,
  alike: Alike,
  far: number,
  centre: Float64Array,
): { readonly pool: FeatureRows; readonly at: readonly number[] } {
  const data = new Float64Array(rows * dimension);
  readBlock(0, rows, data);
  const at = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * rows) / count));
  const first = data.slice(at[0]! * dimension, (at[0]! + 1) * dimension);
  for (const [i, row] of at.entries()) {
    for (let j = 0, k = row * dimension; j < dimension; j++, k++) {
      const near = first[j]! * (1 + (0.1 * i) / count) + 0.2 * data[k]!;
      const value = { equal: first[j]!, near, distinct: data[k]! }[alike];
      data[k] = centre[j]! + far * (value - centre[j]!);
    }
  }
  const block: FeatureRows['readBlock'] = (start, some, out) =>
    out.set(data.subarray(start * dimension, (start + some) * dimension));
  return { at, pool: { rows, dimension, readBlock: block } };
}
