import { thousands } from '../tables/number.ts';
import { errorAxis, sizeAxis } from './axes.ts';
import { frame } from './frame.ts';
import { tip, tips } from './interaction.ts';
import { pointsOf } from './layers.ts';
import { lineSpots, nameLine } from './line-name.ts';
import { MARK } from './marks.ts';
import { logScale } from './scales.ts';
import type { MeasurePoint } from './series.ts';
import type { Axes, ChartSpec, Layer } from './spec.ts';
import { COLOR, HEIGHT, WIDTH } from './theme.ts';
import { sizeTicks } from './ticks.ts';

/** A point of the curve, as in plan.csv. */
export interface PlanRow {
  readonly size: number;
  readonly bias: number;
  /** Null without an interval. */
  readonly bias_lower: number | null;
  readonly bias_upper: number | null;
  readonly detectable_difference: number | null;
}

/** A question, and the size that answers it. */
export interface PlanTarget {
  readonly of: 'bias' | 'difference';
  readonly value: number;
  /** Infinity if no size is enough. */
  readonly size: number;
}

const SIDES = [26, 26] as const;
const ENDS = [24, 24] as const;

/** Bias and detectable difference against N, both axes log, with the targets asked for. */
export function planChart(
  title: string,
  rows: readonly PlanRow[],
  targets: readonly PlanTarget[],
): ChartSpec {
  const bias = rows.map(({ size, bias, bias_lower, bias_upper }) =>
    point(size, bias, bias_lower ?? bias, bias_upper ?? bias),
  );
  const difference = rows.flatMap(({ size, detectable_difference: value }) =>
    value === null ? [] : [point(size, value, value, value)],
  );
  const sizes = rows.map(({ size }) => size);
  const round = sizes.filter((size) => /^[125]0*$/.test(String(size)));
  const x = logScale(sizes, WIDTH, ...SIDES);
  const values = [...bias, ...difference].map(({ value }) => value);
  const y = logScale([...values, ...targets.map(({ value }) => value)], HEIGHT, ...ENDS);
  const axes = {
    x: sizeAxis(x, sizeTicks(round, x.position)),
    y: errorAxis(y),
  };
  const inPlot = (value: number) => Math.min(y.domain[1], Math.max(y.domain[0], value));
  const band = bias.map((row) => ({ ...row, lower: inPlot(row.lower), upper: inPlot(row.upper) }));
  const at = (size: number, value: number) => ({
    x: x.position(size),
    y: HEIGHT - y.position(value),
  });
  const drawn = [...lineSpots(bias, at), ...lineSpots(difference, at)];
  const isUpper = (bias[0]?.value ?? 0) > (difference[0]?.value ?? 0);
  return frame({
    title: 'Bias and detectable difference',
    subtitle: [title, ...targets.map(sentence)],
    description: `Bias of FID, with its 95 % interval, and detectable difference against the number of generated images, both axes log: ${title}.`,
    datasets: { bias: band, difference, targets: targets.filter(({ size }) => size < Infinity) },
    layer: [
      bandLayer(axes),
      ...targets.map((target) => ruleAt(axes, target)),
      pointsOf(axes, 'bias', MARK.bias.line, 'size', 'value', tip('bias')),
      pointsOf(axes, 'difference', MARK.se.line, 'size', 'value', tip('detectable difference')),
      pointsOf(axes, 'targets', MARK.published, 'size', 'value', TARGET),
      ...nameLine(axes, at, drawn, {
        text: 'bias',
        color: MARK.bias.line.color,
        points: bias,
        side: isUpper ? 'over' : 'under',
      }),
      ...nameLine(axes, at, drawn, {
        text: 'detectable difference',
        color: MARK.se.line.color,
        points: difference,
        side: isUpper ? 'under' : 'over',
      }),
    ],
  });
}

function point(size: number, value: number, lower: number, upper: number): MeasurePoint {
  return { size, value, lower, upper };
}

function sentence({ of, value, size }: PlanTarget): string {
  const images = Number.isFinite(size)
    ? `${thousands(size)} images`
    : 'no number of images is enough';
  return of === 'bias'
    ? `bias below ${value}: ${images}`
    : `difference of ${value}: ${images} per model`;
}

const TARGET = tips(['asked for', 'of'], ['of at most', 'value'], ['N', 'size']);

function bandLayer(axes: Axes): Layer {
  return {
    data: { name: 'bias' },
    mark: { type: 'area', color: COLOR.blue, opacity: 0.15 },
    encoding: {
      x: axes.x({ field: 'size' }),
      y: axes.y({ field: 'lower' }),
      y2: { field: 'upper' },
      tooltip: tip('bias, 95 % interval'),
    },
  };
}

function ruleAt(axes: Axes, target: PlanTarget): Layer {
  return {
    data: { values: [{}] },
    mark: MARK.estimand,
    encoding: { y: axes.y({ datum: target.value }), tooltip: tip(sentence(target)) },
  };
}
