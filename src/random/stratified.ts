import type { Stream } from './stream.ts';
import { drawWithoutReplacement } from './subsample.ts';

/**
 * A random order of all rows. Every prefix has the class proportions of the whole, to less than one
 * row per class: a class of n rows has one row, at a random place, in each n-th part of the order.
 * Prefixes are draws of a generator with fixed class proportions; in prefixes of a plain permutation
 * the proportions vary too, and their FID is higher.
 *
 * @param labels class of each row, any numbers
 */
export function stratifiedOrder(labels: ArrayLike<number>, stream: Stream): Uint32Array {
  const classes = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const members = classes.get(labels[row]!);
    if (members) members.push(row);
    else classes.set(labels[row]!, [row]);
  }
  const places = new Float64Array(labels.length);
  // Classes in the order of their labels, so that the result does not depend on the file's order.
  for (const [, members] of [...classes].sort(([a], [b]) => a - b)) {
    const shuffled = drawWithoutReplacement(members.length, members.length, stream);
    for (const [i, j] of shuffled.entries()) {
      places[members[j]!] = (i + stream.next()) / members.length;
    }
  }
  return Uint32Array.from(places.keys()).sort((a, b) => places[a]! - places[b]! || a - b);
}
