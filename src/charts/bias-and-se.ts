import type { Estimand } from '../tables/estimand.ts';
import { thousands } from '../tables/number.ts';
import type { PerformanceRow } from '../tables/rows.ts';
import { errorAxis, sizeAxis } from './axes.ts';
import { frame } from './frame.ts';
import { type ChartData, subtitleOf } from './inputs.ts';
import { tip } from './interaction.ts';
import { barsOf, measureTips, pointsOf } from './layers.ts';
import { lineSpots, nameLine } from './line-name.ts';
import { MARK } from './marks.ts';
import { logScale } from './scales.ts';
import { distinct, type MeasurePoint, measurePoints } from './series.ts';
import type { ChartSpec } from './spec.ts';
import { HEIGHT, WIDTH } from './theme.ts';
import { sizeTicks } from './ticks.ts';

/** px around the outermost sizes. */
const SIDES = [26, 26] as const;
/** px below and above the outermost values: room for the names of the lines. */
const ENDS = [24, 24] as const;

/**
 * Bias and empirical SE against N, both axes log: the gap between the two lines shows how far the
 * bias exceeds the spread. A log axis cannot show values ≤ 0; the subtitle says where they are. Draws
 * from a finite pool show the pool-corrected SE, which does not vanish as the draw uses up the pool.
 *
 * @param data performance of one method
 */
export function biasAndSe(data: ChartData): ChartSpec {
  const series = seriesOf(data.performance);
  const points = series.flatMap((one) => one.points);
  const sizes = distinct(points.map(({ size }) => size));
  const x = logScale(sizes, WIDTH, ...SIDES);
  const ends = points.flatMap(({ value, upper }) => [value, upper]);
  const y = logScale(ends, HEIGHT, ...ENDS);
  const axes = {
    x: sizeAxis(x, sizeTicks(sizes, x.position)),
    y: errorAxis(y),
  };
  const shown = series.map((one) => ({
    ...one,
    // A bar that would reach zero ends at the edge of the plot.
    points: one.points.map((p) => ({ ...p, lower: Math.max(p.lower, y.domain[0]) })),
  }));
  const at = (size: number, value: number) => ({
    x: x.position(size),
    y: HEIGHT - y.position(value),
  });
  const drawn = shown.flatMap((one) => lineSpots(one.points, at));
  return frame({
    title: 'Bias and spread of FID',
    subtitle: [...subtitleOf(data), ...series.flatMap((one) => notes(one, data.estimand))],
    description: `Bias and empirical standard error of FID against the number of generated images, both axes log: ${data.title}.`,
    datasets: Object.fromEntries(shown.map((one) => [one.id, one.points])),
    layer: shown.flatMap((one, i) => [
      pointsOf(axes, one.id, MARK[one.id].line, 'size', 'value', tip(one.name)),
      barsOf(axes, one.id, MARK[one.id].bar, 'size', measureTips(one.name)),
      pointsOf(axes, one.id, MARK[one.id].point, 'size', 'value', measureTips(one.name)),
      ...nameLine(axes, at, drawn, {
        text: one.name,
        color: MARK[one.id].line.color,
        points: one.points,
        side: i === 0 ? 'over' : 'under',
      }),
    ]),
  });
}

interface Series {
  readonly id: 'bias' | 'se';
  readonly name: string;
  readonly points: readonly MeasurePoint[];
  readonly dropped: readonly MeasurePoint[];
}

/** Bias and spread, the upper line first. */
function seriesOf(rows: readonly PerformanceRow[]): Series[] {
  const corrected = measurePoints(rows, 'empirical_se_corrected');
  const isCorrected = corrected.length > 0;
  const all = [
    { id: 'bias', name: 'bias', points: measurePoints(rows, 'bias') },
    {
      id: 'se',
      name: isCorrected ? 'empirical SE, pool-corrected' : 'empirical SE',
      points: isCorrected ? corrected : measurePoints(rows, 'empirical_se'),
    },
  ] as const;
  return all
    .map((one) => ({
      ...one,
      points: one.points.filter(({ value }) => value > 0),
      dropped: one.points.filter(({ value }) => value <= 0),
    }))
    .sort((a, b) => (b.points[0]?.value ?? 0) - (a.points[0]?.value ?? 0));
}

/** Why a line, or some of its points, is missing. */
function notes({ id, name, points, dropped }: Series, { size }: Estimand): string[] {
  if (points.length + dropped.length === 0) {
    const bias = size === undefined ? 'a finished draw' : 'a second size to compare with';
    return [`no ${name}: it needs ${id === 'se' ? 'two draws per size' : bias}`];
  }
  if (dropped.length === 0) return [];
  const sizes = dropped.map(({ size }) => thousands(size));
  const where = sizes.length <= 3 ? `N = ${sizes.join('; ')}` : `${sizes.length} sizes`;
  return [`not on the log axis: ${name} ≤ 0 at ${where}`];
}
