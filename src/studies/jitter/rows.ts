import { largestOf } from '../../arrays/extremes.ts';
import type { JitterRow } from '../../tables/jitter.ts';
import { type MeasureName, type Measures, measureNames } from './measures.ts';
import { factorsOf, nameOf, type Variation } from './variations.ts';

/** A variation with what was measured, or why it could not be. */
export interface Measured {
  readonly variation: Variation;
  readonly storage: 'float32' | 'float16';
  readonly measures: Measures | null;
  readonly error: string | null;
}

/** All rows of jitter.csv, variation by variation. */
export function jitterRows(
  experiment: string,
  images: number,
  all: readonly Measured[],
  baseline: Measures,
): JitterRow[] {
  return all.flatMap((measured) => {
    const { variation, storage, measures, error } = measured;
    const common = {
      experiment,
      variation: storage === 'float32' ? nameOf(variation) : `features stored as ${storage}`,
      factor: factorOf(measured),
      ...variation,
      storage,
      images,
    };
    if (!measures) {
      const nothing = { value: null, baseline: null, change: null, relative_change: null };
      return [{ ...common, measure: 'fid', ...nothing, status: 'skipped', error }];
    }
    return measureNames.flatMap((measure): JitterRow[] => {
      const value = measures[measure];
      if (value === null) return [];
      const change = changeOf(measure, value, baseline[measure]);
      return [{ ...common, measure, value, ...change, status: 'ok', error: null }];
    });
  });
}

function factorOf({ variation, storage }: Measured): string {
  if (storage !== 'float32') return 'storage';
  return factorsOf(variation).join('+') || 'run';
}

/** Measures of features are changes already; other measures change by their difference. */
function changeOf(measure: MeasureName, value: number, baseline: number | null) {
  if (measure.startsWith('feature')) {
    const relative = measure === 'feature_relative_change' ? value : null;
    return { baseline: null, change: value, relative_change: relative };
  }
  if (baseline === null) return { baseline, change: null, relative_change: null };
  const change = Math.abs(value - baseline);
  return { baseline, change, relative_change: baseline === 0 ? null : change / Math.abs(baseline) };
}

/** The largest change of some measures over some rows; null without any. */
export function largestChange(
  rows: readonly JitterRow[],
  measures: readonly string[],
  of: (row: JitterRow) => boolean,
  which: 'change' | 'relative_change' = 'change',
): number | null {
  const values = rows
    .filter((row) => measures.includes(row.measure) && of(row))
    .flatMap((row) => row[which] ?? []);
  return values.length === 0 ? null : largestOf(values);
}
