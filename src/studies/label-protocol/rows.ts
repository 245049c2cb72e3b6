import { variance } from '../../theory/statistics.ts';

export const COLUMNS = [
  'source',
  'dimension',
  'classes',
  'between',
  'size',
  'draws',
  'random',
  'random_se',
  'balanced',
  'balanced_se',
  'gap',
  'gap_se',
  'theory',
  'theory_se',
] as const;

/** Constants of both protocols, and their difference: simulated, and E h(x, y) within classes. */
export interface GapRow {
  readonly source: string;
  readonly dimension: number;
  readonly classes: number;
  /** Share of the variance that lies between the classes. */
  readonly between: number;
  readonly size: number | null;
  readonly draws: number | null;
  /** C of random labels, and of balanced ones. */
  readonly random: number;
  readonly random_se: number;
  readonly balanced: number | null;
  readonly balanced_se: number | null;
  readonly gap: number | null;
  readonly gap_se: number | null;
  readonly theory: number;
  readonly theory_se: number;
}

/** Of the mean of independent values. */
export function standardError(values: readonly number[]): number {
  return Math.sqrt((variance(values) ?? 0) / values.length);
}
