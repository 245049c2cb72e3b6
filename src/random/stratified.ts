import type { Stream } from './stream.ts';
import { drawWithoutReplacement } from './subsample.ts';

/**
 * A random order of all rows in which every prefix has the classes in the proportions of the whole,
 * to less than one row each: a class of n rows has one row, at a random place, in each n-th part of
 * the order. Prefixes are the draws that a generator with fixed shares of its classes would make; those
 * of a plain permutation vary in their shares as well, and their FID is higher.
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
  // Classes by their label, so that the order does not depend on which comes first in the file.
  for (const [, members] of [...classes].sort(([a], [b]) => a - b)) {
    const shuffled = drawWithoutReplacement(members.length, members.length, stream);
    for (const [i, j] of shuffled.entries()) {
      places[members[j]!] = (i + stream.next()) / members.length;
    }
  }
  return Uint32Array.from(places.keys()).sort((a, b) => places[a]! - places[b]! || a - b);
}
