import type { PublishedPoint } from '../tables/estimand.ts';
import type { EstimateRow, Measure, PerformanceRow } from '../tables/rows.ts';
import type { Spot } from './placement.ts';
import type { Scale } from './scales.ts';
import { HEIGHT } from './theme.ts';

/** A finished draw. */
export interface DrawPoint {
  readonly size: number;
  readonly seed: number;
  readonly fid: number;
}

/** A draw with its place on the strip of its size. */
export interface PlacedDraw extends DrawPoint {
  /** Place among the draws of its size, in seed order: 0 up to, not including, 1. */
  readonly place: number;
}

/** A value at a number of images, with an error bar where its ends differ. */
export interface MeasurePoint {
  readonly size: number;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Monte-Carlo standard error of the value, and the draws behind it, if it is a measure of a sweep. */
  readonly mcse?: number | null;
  readonly draws?: number;
}

/** The finished draws, by size, then seed. */
export function drawPoints(rows: readonly EstimateRow[]): PlacedDraw[] {
  const finished = rows
    .flatMap(({ size, seed, estimate }) =>
      estimate === null ? [] : [{ size, seed, fid: estimate }],
    )
    .sort((a, b) => a.size - b.size || a.seed - b.seed);
  const counts = new Map<number, number>();
  for (const { size } of finished) counts.set(size, (counts.get(size) ?? 0) + 1);
  let first = 0;
  return finished.map((draw, i) => {
    if (finished[i - 1]?.size !== draw.size) first = i;
    return { ...draw, place: (i - first + 0.5) / (counts.get(draw.size) ?? 1) };
  });
}

/** One measure by size; sizes without it are left out. */
export function measurePoints(rows: readonly PerformanceRow[], measure: Measure): MeasurePoint[] {
  return rows
    .flatMap((row) => {
      if (row.measure !== measure || row.value === null) return [];
      const error = row.mcse ?? 0;
      return [
        {
          size: row.size,
          value: row.value,
          lower: row.value - error,
          upper: row.value + error,
          mcse: row.mcse,
          draws: row.n_draws,
        },
      ];
    })
    .sort((a, b) => a.size - b.size);
}

/** A published value, with the text next to it. */
export interface PublishedMark extends PublishedPoint {
  readonly text: string;
}

/** Published values; those of one size and value become one. */
export function publishedPoints(points: readonly PublishedPoint[]): PublishedMark[] {
  const isFirst = ({ size, fid }: PublishedPoint, i: number) =>
    points.findIndex((other) => other.size === size && other.fid === fid) === i;
  return points.filter(isFirst).map((point) => ({ ...point, text: String(point.fid) }));
}

/** Longest label that the key has room for. */
const LABEL_LENGTH = 28;

/** Name of the published values in the key: their label, if they share a short one. */
export function publishedName(points: readonly PublishedPoint[]): string {
  const labels = new Set(points.map(({ label }) => label));
  const [label = ''] = labels;
  return labels.size === 1 && label.length <= LABEL_LENGTH ? `published: ${label}` : 'published';
}

/** Every FID that a chart shows, bars included. */
export function fidValues(
  draws: readonly DrawPoint[],
  means: readonly MeasurePoint[],
  published: readonly PublishedPoint[],
): number[] {
  return [
    ...draws.map(({ fid }) => fid),
    ...means.flatMap(({ lower, upper }) => [lower, upper]),
    ...published.map(({ fid }) => fid),
  ];
}

/** px of all that is drawn, for texts to keep clear of. */
export function spots(
  draws: readonly DrawPoint[],
  means: readonly MeasurePoint[],
  published: readonly PublishedPoint[],
  x: Scale,
  y: Scale,
  xOf: (point: { readonly size: number }) => number,
): Spot[] {
  const at = (size: number, fid: number) => ({
    x: x.position(xOf({ size })),
    y: HEIGHT - y.position(fid),
  });
  return [
    ...draws.map(({ size, fid }) => at(size, fid)),
    ...means.flatMap(({ size, value, lower, upper }) => [
      at(size, lower),
      at(size, value),
      at(size, upper),
    ]),
    ...published.map(({ size, fid }) => at(size, fid)),
  ];
}

/** Distinct numbers, ascending. */
export function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
