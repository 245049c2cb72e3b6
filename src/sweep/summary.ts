import type { Estimand } from '../tables/estimand.ts';
import { aboutBias } from '../tables/fid-caption.ts';
import { roundToError, thousands } from '../tables/number.ts';
import type { Measure, PerformanceRow } from '../tables/rows.ts';

/**
 * What the numbers mean, in one sentence: how far off the smallest size is, and whether more seeds
 * would help. If the estimand is the FID of a size, which is biased itself, no FID is called unbiased.
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
          : `${seeds} ±${value}, comparable to the bias`,
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

/** The FID itself, if there is nothing to compare it with. */
function level(
  rows: readonly PerformanceRow[],
  size: number,
  { bias, isLeastBias }: Estimand,
): string {
  const { value, mcse } = of(rows, size, 'mean')!;
  const fid = roundToError(value!, mcse).value;
  return bias == null
    ? `${fid}, biased high by an amount that one size cannot show`
    : `${fid}, of which ${isLeastBias ? 'at least ' : ''}about ${aboutBias(bias)} is bias; one size can only estimate it`;
}

/** The largest size, which all others were compared with. */
function itself({ bias, isLeastBias }: Estimand): string {
  return bias == null
    ? 'itself biased high, so the bias given for the others is too small by the same amount'
    : `itself ${isLeastBias ? 'at least ' : ''}about ${aboutBias(bias)} too high, so the bias given for the others is too small by the same amount`;
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
      : `equal to that at ${thousands(own)} within the Monte-Carlo error`;
  }
  // Two digits, or fewer if the Monte-Carlo error is larger.
  const error = Math.max(mcse ?? 0, Math.abs(bias) / 50);
  const rounded = roundToError(Math.abs(bias), error).value;
  if (own === undefined) return `${rounded} too ${bias > 0 ? 'high' : 'low'}`;
  return `${rounded} ${bias > 0 ? 'higher' : 'lower'} than at ${thousands(own)}`;
}

function inWords(count: number): string {
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  return words[count] ?? (count === 10 ? 'ten' : String(count));
}
