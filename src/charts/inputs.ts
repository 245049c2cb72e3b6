import { z } from 'zod';
import type { Estimand, PublishedPoint } from '../tables/estimand.ts';
import type { EstimateRow, PerformanceRow } from '../tables/rows.ts';

/** FID = intercept + slope / N, fitted to the draws of a sweep; charts only draw it. */
export interface Fit {
  readonly intercept: number;
  /** Standard errors; null with too few draws. */
  readonly intercept_se: number | null;
  readonly slope: number;
  readonly slope_se: number | null;
  /** Sizes it was fitted to; empty means all. Beyond them the line is dashed. */
  readonly sizes: readonly number[];
}

/** Input of the charts of one sweep. */
export interface ChartData {
  /** What was swept, for the subtitles: `surrogate cifar10-cfm, 10 seeds`. */
  readonly title: string;
  /** What the FIDs are measured against, with its number of images. */
  readonly reference?: string | undefined;
  /** Draws of one method; failed ones are skipped. */
  readonly estimates: readonly EstimateRow[];
  readonly performance: readonly PerformanceRow[];
  readonly estimand: Estimand;
  readonly published: readonly PublishedPoint[];
  /** Null with one size, where no line can be fitted. */
  readonly fit: Fit | null;
}

const estimand = z.object({
  value: z.number(),
  se: z.number().nonnegative(),
  kind: z.enum(['population', 'intercept', 'pool']),
  description: z.string(),
  size: z.int().positive().optional(),
});

/** The part of a sweep's manifest.json that charts and the report read; the rest is ignored. */
export const chartManifest = z.object({
  experiment: z.string(),
  title: z.string(),
  /** One sentence that says what the numbers mean. */
  summary: z.string(),
  /** Of FID; null if it was not asked for. */
  estimand: estimand.nullable(),
  /** Of the other metrics, if there are any. */
  metrics: z
    .array(
      z.object({
        name: z.string(),
        title: z.string(),
        estimand: estimand.nullable(),
        summary: z.string(),
      }),
    )
    .optional(),
  published: z.array(
    z.object({ size: z.int().positive(), fid: z.number(), label: z.string(), url: z.string() }),
  ),
  fit: z
    .object({
      intercept: z.number(),
      intercept_se: z.number().nonnegative().nullable(),
      slope: z.number(),
      slope_se: z.number().nonnegative().nullable(),
      sizes: z.array(z.int().positive()).default([]),
    })
    .nullable(),
  /** Settings and machine, listed in the report as they are. */
  facts: z.array(z.object({ label: z.string(), value: z.string() })).default([]),
});

export type ChartManifest = z.infer<typeof chartManifest>;

/** Under every title: what was swept, and the reference. */
export function subtitleOf({ title, reference }: Pick<ChartData, 'title' | 'reference'>): string[] {
  return [title, ...(reference === undefined ? [] : [`reference: ${reference}`])];
}
