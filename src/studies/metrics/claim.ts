import { type LinearMap, mapVector } from '../../linalg/linear-map.ts';
import { transpose } from '../../linalg/transpose.ts';
import { DIRECTIONS, randomDirections } from '../../metrics/kinds/mind.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import type { SweepResult } from '../../sweep/run.ts';
import { metricOf } from '../../tables/metric-column.ts';
import { mean, variance } from '../../theory/statistics.ts';
import type { ClaimRow } from './result.ts';

/**
 * MIND between the two populations of a surrogate, on the directions of a study: the squared
 * 2-Wasserstein distance of two Gaussians on a line is (μ − m)² + (σ − s)².
 */
export function populationMind({ source, reference }: Surrogate, studySeed: number): number {
  const { map, offset } = source.geometry;
  const d = offset.length;
  const directions = randomDirections(d, DIRECTIONS, [studySeed]);
  const [generated, real] = [turned(map), turned(reference)];
  let sum = 0;
  for (let m = 0; m < DIRECTIONS; m++) {
    const u = Float64Array.from(directions.data.subarray(m * d, (m + 1) * d));
    const apart = u.reduce((total, value, j) => total + value * offset[j]!, 0);
    sum += apart ** 2 + (length(mapVector(generated, u)) - length(mapVector(real, u))) ** 2;
  }
  return (3 * d * sum) / DIRECTIONS;
}

/** The transposed map: a projection of z · M on u has the variance |M u|². */
function turned(map: LinearMap): LinearMap {
  return map.kind === 'dense' ? { kind: 'dense', matrix: transpose(map.matrix) } : map;
}

function length(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** Errors of a metric at each size, against the truth. */
export function claimRows({ estimates }: SweepResult, metric: string, truth: number): ClaimRow[] {
  const own = estimates.filter((row) => metricOf(row) === metric && row.estimate !== null);
  const sizes = [...new Set(own.map(({ size }) => size))];
  return sizes.map((size) => {
    const values = own.filter((row) => row.size === size).map(({ estimate }) => estimate!);
    return claimRow({ metric, method: 'plug-in', size, truth }, values);
  });
}

/** Errors of the values of some draws. */
export function claimRow(
  row: Pick<ClaimRow, 'metric' | 'method' | 'size' | 'truth'>,
  values: readonly number[],
): ClaimRow {
  const { truth } = row;
  const square = variance(values) ?? 0;
  const rmse = Math.sqrt(mean(values.map((value) => (value - truth) ** 2)));
  return {
    ...row,
    draws: values.length,
    mean: mean(values),
    bias: mean(values) - truth,
    bias_mcse: Math.sqrt(square / values.length),
    sd: Math.sqrt(square),
    rmse,
    relative_rmse: rmse / truth,
    relative_sd: Math.sqrt(square) / truth,
  };
}
