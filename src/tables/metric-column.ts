import { z } from 'zod';

/** A row of one metric; FID if it names none. */
interface MetricRow {
  readonly metric?: string | undefined;
}

/** The name of FID in the column `metric`. */
export const FID = 'fid';

export function metricOf({ metric = FID }: MetricRow): string {
  return metric;
}

/** Leaves the column `metric` out of tables of FID alone, so that they are as they always were. */
export function ofMetrics<Column extends string>(
  columns: readonly Column[],
  rows: readonly MetricRow[],
): Column[] {
  const hasOthers = rows.some((row) => metricOf(row) !== FID);
  return columns.filter((column) => column !== 'metric' || hasOthers);
}

export function withMetric<Row extends MetricRow>(row: Row): Row & { readonly metric: string } {
  return { ...row, metric: metricOf(row) };
}

/** Reads the column; absent for FID, as in tables without it. */
export const metricField = z
  .string()
  .transform((text) => (text === '' || text === FID ? undefined : text));
