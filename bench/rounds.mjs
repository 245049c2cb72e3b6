import { setTimeout } from 'node:timers/promises';

/** Between measurements: threads of a library that wait by spinning have gone to sleep by then. */
const PAUSE = 60;

/**
 * Seconds of several ways of doing a thing, in turns, so that what else the machine does falls on
 * all of them. A way that returns `{ seconds }` has measured itself, as peers do; one that is null
 * is left out.
 *
 * @param ways by name
 * @param rounds after one to warm up
 * @returns the median of each way, by name; undefined for one left out
 */
export async function inTurns(ways, rounds, warmUp = true) {
  const seconds = new Map(Object.keys(ways).map((name) => [name, []]));
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      if (!way) continue;
      const taken = await secondsOf(way);
      if (round >= 0) seconds.get(name).push(taken);
      await setTimeout(PAUSE);
    }
  }
  return Object.fromEntries([...seconds].map(([name, values]) => [name, median(values)]));
}

/** For a table's text: how many measurements its medians are of. */
export function ofRounds(rounds, warmUp = true) {
  const count = rounds === 1 ? 'One measurement each' : `Medians of ${rounds} rounds in turns`;
  return `${count}, ${warmUp ? 'after one to warm up' : 'without one to warm up'}.`;
}

async function secondsOf(way) {
  const start = performance.now();
  const measured = await way();
  return measured?.seconds ?? (performance.now() - start) / 1000;
}

/** Undefined where there are no values; of an even number the mean of the two in the middle. */
export function median(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
