import { setTimeout } from 'node:timers/promises';

/** Pause between measurements: spinning threads of a library have gone to sleep by then. */
const PAUSE = 60;

/**
 * Times several ways of doing the same work, in turns, so that other load on the machine affects all of
 * them. A way that returns `{ seconds }` has timed itself, as peers do; a way that is null is left out.
 *
 * @param ways by name
 * @param rounds after one warm-up round
 * @param slow names of ways that take so long that the first round has to do
 * @returns the median seconds of each way, by name; undefined for a way left out
 */
export async function inTurns(ways, rounds, warmUp = true, slow = []) {
  const seconds = new Map(Object.keys(ways).map((name) => [name, []]));
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      if (!way || (slow.includes(name) && round !== 0)) continue;
      const taken = await secondsOf(way);
      if (round >= 0) seconds.get(name).push(taken);
      await setTimeout(PAUSE);
    }
  }
  return Object.fromEntries([...seconds].map(([name, values]) => [name, median(values)]));
}

/** For a table's text: the number of measurements behind its medians. */
export function ofRounds(rounds, warmUp = true) {
  const count = rounds === 1 ? 'One measurement each' : `Medians of ${rounds} rounds in turns`;
  return `${count}, ${warmUp ? 'after one to warm up' : 'without one to warm up'}.`;
}

async function secondsOf(way) {
  const start = performance.now();
  const measured = await way();
  return measured?.seconds ?? (performance.now() - start) / 1000;
}

/** Undefined without values; for an even number the mean of the two in the middle. */
export function median(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
