import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedOrder } from '../../src/random/stratified.ts';
import { stream } from '../../src/random/stream.ts';

describe('stratifiedOrder', () => {
  it('is a permutation whose prefixes all have the class proportions, to one row per class', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
        fc.nat(),
        (labels, seed) => {
          const order = stratifiedOrder(labels, stream(seed));
          expect([...order].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
          // By the places at which a class has its rows: its k-th lies in the k-th of its n parts,
          // so that between two of its rows there are fewer than two parts.
          for (const label of new Set(labels)) {
            const size = labels.filter((other) => other === label).length;
            let seen = 0;
            for (const [i, row] of order.entries()) {
              if (labels[row] === label) seen++;
              const classes = new Set(labels).size;
              expect(Math.abs(seen - ((i + 1) * size) / labels.length)).toBeLessThan(
                1 + (classes * size) / labels.length,
              );
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has exactly equal classes in every prefix of as many rounds, if they are balanced', () => {
    const labels = Array.from({ length: 200 }, (_, i) => Math.floor(i / 20));
    const order = stratifiedOrder(labels, stream(1));
    for (let rounds = 1; rounds <= 20; rounds++) {
      const counts = new Map<number, number>();
      for (const row of order.slice(0, 10 * rounds)) {
        counts.set(labels[row]!, (counts.get(labels[row]!) ?? 0) + 1);
      }
      expect([...counts.values()]).toEqual(Array(10).fill(rounds));
    }
  });

  it('is another order for another seed, and the same for the same', () => {
    const labels = Uint32Array.from({ length: 40 }, (_, i) => i % 4);
    const of = (seed: number) => stratifiedOrder(labels, stream(seed));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    // Each row comes first now and then.
    expect(new Set(Array.from({ length: 60 }, (_, seed) => of(seed)[0])).size).toBeGreaterThan(20);
  });
});
