import type { Estimand } from '../tables/estimand.ts';
import { roundToError, thousands } from '../tables/number.ts';
import type { Measure, PerformanceRow } from '../tables/rows.ts';

/**
 * What the numbers mean, in one sentence: how far off the smallest size is, and whether more seeds
 * would help.
 */
export function summarise(rows: readonly PerformanceRow[], estimand: Estimand): string {
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const measured = sizes.filter((size) => typeof of(rows, size, 'bias')?.value === 'number');
  const smallest = measured[0];
  const largest = measured.at(-1);
  if (smallest === undefined || largest === undefined) return 'no draw succeeded';
  const bias = of(rows, smallest, 'bias')!;
  const clauses = [`at ${thousands(smallest)} images this FID is ${offBy(bias)}`];
  const spread = of(rows, smallest, 'empirical_se');
  if (typeof spread?.value === 'number') {
    const { value } = roundToError(spread.value, spread.mcse);
    clauses.push(`${inWords(bias.n_draws)} seeds vary by only ±${value}`);
    if (Math.abs(bias.value!) > 3 * spread.value) {
      clauses[1] += ': averaging seeds does not remove it';
    } else {
      clauses[1] = `${inWords(bias.n_draws)} seeds vary by ±${value}, as much as that`;
    }
  }
  if (largest !== smallest && !isReference(largest, rows, estimand)) {
    clauses.push(`at ${thousands(largest)} it is ${offBy(of(rows, largest, 'bias')!)}`);
  }
  return clauses.join('; ');
}

function of(rows: readonly PerformanceRow[], size: number, measure: Measure) {
  return rows.find((row) => row.size === size && row.measure === measure);
}

/** The size that a pool's estimand was taken from has no bias by construction. */
function isReference(size: number, rows: readonly PerformanceRow[], estimand: Estimand): boolean {
  return estimand.kind === 'pool' && size === Math.max(...rows.map((row) => row.size));
}

function offBy({ value, mcse }: PerformanceRow): string {
  const bias = value ?? 0;
  if (mcse !== null && Math.abs(bias) < 2 * mcse) return 'unbiased within the Monte-Carlo error';
  // No finer than a reader can use: two digits, or what the Monte-Carlo error allows.
  const error = Math.max(mcse ?? 0, Math.abs(bias) / 50);
  const rounded = roundToError(Math.abs(bias), error).value;
  return `${rounded} too ${bias > 0 ? 'high' : 'low'}`;
}

function inWords(count: number): string {
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  return words[count] ?? (count === 10 ? 'ten' : String(count));
}
