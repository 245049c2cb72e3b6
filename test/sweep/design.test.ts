import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DrawOutcome, DrawUnit } from '../../src/draws/outcome.ts';
import { drawName, plannedDraws, remainingUnits } from '../../src/sweep/design.ts';
import { parseSettings, type SweepInput } from '../../src/sweep/settings.ts';

const settingsOf = (input: SweepInput) =>
  parseSettings({ sizes: [10, 20, 40], seeds: 2, ...input });
const none = new Map<string, DrawOutcome>();

function finished(draws: readonly { seed: number; size: number }[]): Map<string, DrawOutcome> {
  const outcome = { terms: null, seconds: 0, error: null };
  return new Map(draws.map((draw) => [drawName(draw), { ...draw, ...outcome }]));
}

const drawsOf = (units: readonly DrawUnit[]) =>
  units.flatMap(({ seed, wanted }) => wanted.map((size) => drawName({ seed, size }))).sort();

describe('plannedDraws', () => {
  it('are every size with every seed, by size', () => {
    expect(plannedDraws(settingsOf({}), null).map(drawName)).toEqual([
      '1/10',
      '2/10',
      '1/20',
      '2/20',
      '1/40',
      '2/40',
    ]);
  });

  it('draw a whole pool once, unless with replacement', () => {
    const last = (input: SweepInput) => plannedDraws(settingsOf(input), 40).slice(4);
    expect(last({}).map(drawName)).toEqual(['1/40']);
    expect(last({ replacement: true }).map(drawName)).toEqual(['1/40', '2/40']);
  });
});

describe('remainingUnits', () => {
  it('of as many draws as a sweep may have are listed at once', () => {
    const settings = settingsOf({ sizes: '10:11:lin2', seeds: 50_000 });
    const units = remainingUnits(settings, null, finished([{ seed: 2, size: 10 }]));
    expect(units).toHaveLength(50_000);
    expect(units[1]).toEqual({ seed: 2, sizes: [10, 11], wanted: [11] });
  });

  it('are one unit a seed where draws are nested', () => {
    const sizes = [10, 20, 40];
    expect(remainingUnits(settingsOf({}), null, none)).toEqual([
      { seed: 1, sizes, wanted: sizes },
      { seed: 2, sizes, wanted: sizes },
    ]);
  });

  it('are one unit a draw where they are independent, the largest first', () => {
    const units = remainingUnits(settingsOf({ nested: false }), null, none);
    expect(units.map(({ seed, sizes }) => [seed, ...sizes])).toEqual([
      [1, 40],
      [2, 40],
      [1, 20],
      [2, 20],
      [1, 10],
      [2, 10],
    ]);
  });

  it('keep the draw of a whole pool apart from the nested ones', () => {
    expect(remainingUnits(settingsOf({}), 40, none)).toEqual([
      { seed: 1, sizes: [40], wanted: [40] },
      { seed: 1, sizes: [10, 20], wanted: [10, 20] },
      { seed: 2, sizes: [10, 20], wanted: [10, 20] },
    ]);
  });

  it('pass through the finished sizes of a nested unit, so that the rest keeps its bits', () => {
    const done = finished([
      { seed: 1, size: 10 },
      { seed: 1, size: 40 },
      ...[10, 20, 40].map((size) => ({ seed: 2, size })),
    ]);
    expect(remainingUnits(settingsOf({}), null, done)).toEqual([
      { seed: 1, sizes: [10, 20, 40], wanted: [20] },
    ]);
  });

  it('hold each planned draw that is not done exactly once, whatever is done', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(null, 40, 100),
        fc.infiniteStream(fc.boolean()),
        (nested, replacement, pool, coin) => {
          const settings = settingsOf({ nested, replacement, seeds: 4 });
          const planned = plannedDraws(settings, pool);
          const done = planned.filter(() => coin.next().value);
          const left = planned.filter((draw) => !done.includes(draw)).map(drawName);
          expect(drawsOf(remainingUnits(settings, pool, finished(done)))).toEqual(left.sort());
        },
      ),
    );
  });
});
