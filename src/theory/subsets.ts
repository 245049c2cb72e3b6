/** Rows of a pool, as ranges [start, end) of its shuffled order: ascending and disjoint. */
export type Subset = readonly (readonly [start: number, end: number])[];

/** The first `size` rows. */
export function prefix(size: number): Subset {
  return [[0, size]];
}

/** Group `index` of `groups` groups of a pool of `rows`, whose sizes differ by one at most. */
export function group(rows: number, groups: number, index: number): Subset {
  return [[groupStart(rows, groups, index), groupStart(rows, groups, index + 1)]];
}

/** All rows but those of a group. */
export function withoutGroup(rows: number, groups: number, index: number): Subset {
  const [[start, end]] = group(rows, groups, index) as [[number, number]];
  return (
    [
      [0, start],
      [end, rows],
    ] as const
  ).filter(([from, to]) => to > from);
}

/** First row of a group; that of the group after the last is the number of rows. */
export function groupStart(rows: number, groups: number, index: number): number {
  return Math.floor((rows * index) / groups);
}

export function sizeOf(subset: Subset): number {
  return subset.reduce((total, [start, end]) => total + end - start, 0);
}

/** Number of rows that two subsets share. */
export function overlap(a: Subset, b: Subset): number {
  let shared = 0;
  for (const [start, end] of a) {
    for (const [from, to] of b) shared += Math.max(0, Math.min(end, to) - Math.max(start, from));
  }
  return shared;
}
