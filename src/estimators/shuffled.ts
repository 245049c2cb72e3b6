import type { FeatureRows } from '../metrics/features.ts';
import { stratifiedOrder } from '../random/stratified.ts';
import { stream } from '../random/stream.ts';
import { drawWithoutReplacement } from '../random/subsample.ts';

/** Rows in another order than they are stored in. */
export interface OrderedRows extends FeatureRows {
  /** Where each row is stored. */
  readonly order: Uint32Array;
}

/**
 * The same rows in a random order: prefixes of a pool sorted by class or by name would be no draws.
 *
 * @param seed of the order
 * @param classes of the rows, if every prefix and group is to keep their shares
 */
export function shuffled(pool: FeatureRows, seed: number, classes?: Uint32Array): OrderedRows {
  const { rows, dimension } = pool;
  const key = stream(seed, 'estimators', 'order');
  const order = classes ? stratifiedOrder(classes, key) : drawWithoutReplacement(rows, rows, key);
  return {
    ...(pool.path !== undefined && { path: pool.path }),
    rows,
    dimension,
    order,
    readBlock(start, count, out) {
      for (let i = 0; i < count; i++) {
        pool.readBlock(order[start + i]!, 1, out.subarray(i * dimension, (i + 1) * dimension));
      }
    },
  };
}
