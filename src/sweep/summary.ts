import type { Estimand } from '../tables/estimand.ts';
import { aboutBias } from '../tables/fid-caption.ts';
import { roundToError, thousands } from '../tables/number.ts';
import type { Measure, PerformanceRow } from '../tables/rows.ts';

/**
 * What the numbers mean, in one sentence: how far off the smallest size is, and whether more seeds
 * would help. Held against the FID of a size, which is biased itself, no FID is called unbiased.
 */
export function summarise(rows: readonly PerformanceRow[], estimand: Estimand): string {
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const measured = sizes.filter((size) => typeof of(rows, size, 'mean')?.value === 'number');
  const smallest = measured[0];
  const largest = measured.at(-1);
  if (smallest === undefined || largest === undefined) return 'no draw succeeded';
  const own = estimand.size;
  const off = smallest === own ? (estimand.bias ?? null) : of(rows, smallest, 'bias')!.value;
  const first =
    smallest === own ? level(rows, smallest, estimand) : offBy(rows, smallest, estimand);
  const clauses = [`at ${thousands(smallest)} images this FID is ${first}`];
  const spread = of(rows, smallest, 'empirical_se');
  if (typeof spread?.value === 'number') {
    const { value } = roundToError(spread.value, spread.mcse);
    const seeds = `${inWords(spread.n_draws)} seeds vary by`;
    clauses.push(
      off === null
        ? `${seeds} ±${value}`
        : Math.abs(off) > 3 * spread.value
          ? `${seeds} only ±${value}: averaging seeds does not remove it`
          : `${seeds} ±${value}, as much as that`,
    );
  }
  if (largest === own && smallest !== own) {
    clauses.push(`at ${thousands(own)} it is ${itself(estimand)}`);
  } else if (largest !== smallest) {
    clauses.push(`at ${thousands(largest)} it is ${offBy(rows, largest, estimand)}`);
  }
  return clauses.join('; ');
}

function of(rows: readonly PerformanceRow[], size: number, measure: Measure) {
  return rows.find((row) => row.size === size && row.measure === measure);
}

/** The FID itself where there is nothing to hold it against. */
function level(
  rows: readonly PerformanceRow[],
  size: number,
  { bias, isLeastBias }: Estimand,
): string {
  const { value, mcse } = of(rows, size, 'mean')!;
  const fid = roundToError(value!, mcse).value;
  return bias == null
    ? `${fid}, too high by a bias that one size does not tell`
    : `${fid}, of it ${isLeastBias ? 'at least ' : ''}about ${aboutBias(bias)} bias, which one size only estimates`;
}

/** The largest size, which all others were held against. */
function itself({ bias, isLeastBias }: Estimand): string {
  return bias == null
    ? 'itself too high by its own bias, and the bias of the others by as much too small'
    : `itself ${isLeastBias ? 'at least ' : ''}about ${aboutBias(bias)} too high, and the bias of the others by as much too small`;
}

function offBy(
  rows: readonly PerformanceRow[],
  size: number,
  { size: own }: Pick<Estimand, 'size'>,
): string {
  const { value, mcse, lower, upper } = of(rows, size, 'bias')!;
  const bias = value ?? 0;
  if (lower !== null && upper !== null && lower <= 0 && upper >= 0) {
    return own === undefined
      ? 'unbiased within the Monte-Carlo error'
      : `as at ${thousands(own)} within the Monte-Carlo error`;
  }
  // No finer than a reader can use: two digits, or what the Monte-Carlo error allows.
  const error = Math.max(mcse ?? 0, Math.abs(bias) / 50);
  const rounded = roundToError(Math.abs(bias), error).value;
  if (own === undefined) return `${rounded} too ${bias > 0 ? 'high' : 'low'}`;
  return `${rounded} ${bias > 0 ? 'higher' : 'lower'} than at ${thousands(own)}`;
}

function inWords(count: number): string {
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  return words[count] ?? (count === 10 ? 'ten' : String(count));
}
