// Not by spreading into Math.max: some 120,000 arguments overflow the stack.

/** The largest of any number of values: −∞ of none, NaN where one of them is. */
export function largestOf(values: Iterable<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

/** The smallest of any number of values: ∞ of none, NaN where one of them is. */
export function smallestOf(values: Iterable<number>): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const value of values) smallest = Math.min(smallest, value);
  return smallest;
}
