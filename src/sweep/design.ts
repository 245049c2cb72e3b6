import type { DrawOutcome, DrawUnit } from '../draws/outcome.ts';
import type { SweepSettings } from './settings.ts';

type Done = ReadonlyMap<string, DrawOutcome>;

/** Name of a draw within a sweep. */
export function drawName({ seed, size }: { seed: number; size: number }): string {
  return `${seed}/${size}`;
}

/** All draws of a sweep. A draw of the whole pool is the same for every seed: only one is made. */
export function plannedDraws(
  { sizes, seeds, replacement }: SweepSettings,
  pool: number | null,
): { seed: number; size: number }[] {
  const whole = replacement ? null : pool;
  return sizes.flatMap((size) =>
    (size === whole ? seeds.slice(0, 1) : seeds).map((seed) => ({ seed, size })),
  );
}

/**
 * Units of work left to do. With nested draws a unit is a seed; otherwise each draw is a unit, the
 * largest first, so that no worker ends alone with a large one.
 *
 * @param done draws that an earlier run finished, by name
 */
export function remainingUnits(
  settings: SweepSettings,
  pool: number | null,
  done: Done,
): DrawUnit[] {
  const whole = settings.replacement ? null : pool;
  const left = plannedDraws(settings, pool).filter((draw) => !done.has(drawName(draw)));
  const single = left.filter(({ size }) => !settings.nested || size === whole);
  const sizes = settings.sizes.filter((size) => size !== whole);
  const wantedOf = new Map<number, number[]>(settings.seeds.map((seed) => [seed, []]));
  for (const { seed, size } of left) {
    if (settings.nested && size !== whole) wantedOf.get(seed)!.push(size);
  }
  const nested = [...wantedOf].flatMap(([seed, wanted]): DrawUnit[] =>
    wanted.length > 0 ? [{ seed, sizes, wanted }] : [],
  );
  const units = single.map(({ seed, size }) => ({ seed, sizes: [size], wanted: [size] }));
  return [...units.sort((a, b) => b.sizes[0]! - a.sizes[0]!), ...nested];
}
