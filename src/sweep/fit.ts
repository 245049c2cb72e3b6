import type { Fit } from '../charts/inputs.ts';
import type { EstimateRow } from '../tables/rows.ts';
import { mean, variance } from '../theory/statistics.ts';

/** From this many samples per dimension on, the D/N² term is below a tenth of C/N. */
const SAMPLES_PER_DIMENSION = 2;

/**
 * Fits FID against 1/N by ordinary least squares, seed by seed, and averages over seeds: draws of
 * one seed share rows, so their errors are not independent, but those of different seeds are. Only
 * seeds with a draw of every size count. Sizes below 2 d bend away from the line and are left out
 * unless fewer than two remain.
 *
 * @param dimension d of the features
 * @param pool size of a finite pool drawn without replacement, whose one whole draw is left out
 * @returns null with fewer than two sizes
 */
export function fitInverseSize(
  rows: readonly EstimateRow[],
  dimension: number,
  pool: number | null,
): Fit | null {
  const all = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const several = all.filter((size) => size !== pool);
  const large = several.filter((size) => size >= SAMPLES_PER_DIMENSION * dimension);
  const sizes = [large, several].find((list) => list.length >= 2);
  if (!sizes) return null;
  const lines = [...new Set(rows.map(({ seed }) => seed))].flatMap((seed) => {
    const points = sizes.flatMap((size) => {
      const row = rows.find((other) => other.seed === seed && other.size === size);
      return typeof row?.estimate === 'number' ? [{ x: 1 / size, y: row.estimate }] : [];
    });
    return points.length === sizes.length ? [leastSquares(points)] : [];
  });
  if (lines.length === 0) return null;
  const over = (values: number[]) => {
    const s2 = variance(values);
    return { value: mean(values), se: s2 === null ? null : Math.sqrt(s2 / values.length) };
  };
  const intercept = over(lines.map((line) => line.intercept));
  const slope = over(lines.map((line) => line.slope));
  return {
    intercept: intercept.value,
    intercept_se: intercept.se,
    slope: slope.value,
    slope_se: slope.se,
    sizes,
  };
}

/** Ordinary least squares of y on x: at least two different x. */
export function leastSquares(points: readonly { x: number; y: number }[]) {
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  let xx = 0;
  let xy = 0;
  for (const point of points) {
    xx += (point.x - x) ** 2;
    xy += (point.x - x) * (point.y - y);
  }
  const slope = xy / xx;
  return { slope, intercept: y - slope * x };
}
