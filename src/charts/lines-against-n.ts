import { power } from '../kernels/elementary.ts';
import { sizeAxis } from './axes.ts';
import { frame } from './frame.ts';
import { inSeries, tip, tips } from './interaction.ts';
import { type KeyEntry, keyLayers } from './key.ts';
import { linearScale, logScale, type Scale } from './scales.ts';
import { distinct, type MeasurePoint } from './series.ts';
import type { AnyMark, Axes, ChartSpec, Layer } from './spec.ts';
import { COLOR, HEIGHT, WIDTH } from './theme.ts';
import { decadeTicks, sizeTicks } from './ticks.ts';

/** Points of one name, joined by a line. */
export interface Line {
  readonly name: string;
  readonly points: readonly MeasurePoint[];
}

/** A curve without points: a prediction. Curves of one name share one entry of the key. */
export interface Curve {
  readonly name: string;
  /** The line it belongs to, which gives its colour; black if it belongs to all. */
  readonly of?: string;
  /** Its value at a number of images. */
  at(size: number): number;
}

export interface LinesChart {
  readonly title: string;
  readonly subtitle: string;
  readonly description: string;
  /** What the values are, in words and units. */
  readonly valueTitle: string;
  readonly isLog: boolean;
  /** Axis labels of values, as Vega formats numbers. */
  readonly format?: string;
  /** At most five. */
  readonly lines: readonly Line[];
  /** Of at most two names. */
  readonly curves?: readonly Curve[];
  /** Title of the N axis, if N is not the size of a draw. */
  readonly sizeTitle?: string;
}

/** Okabe–Ito; the shape repeats what the colour says. */
const STYLES = [
  { color: COLOR.blue, shape: 'circle' },
  { color: COLOR.vermillion, shape: 'triangle-up' },
  { color: '#009E73', shape: 'square' },
  { color: '#CC79A7', shape: 'diamond' },
  { color: COLOR.ink, shape: 'cross' },
] as const;
const DASHES = [
  [6, 3],
  [2, 2],
] as const;

/** px around the outermost sizes, and below and above the outermost values. */
const [SIDES, ENDS] = [[22, 22] as const, [14, 14] as const];
/** Points of a curve. */
const STEPS = 60;

/** Values against N on a log axis, a line for each name, and predicted curves. */
export function linesAgainstN(chart: LinesChart): ChartSpec {
  const { title, subtitle, description, lines, curves = [] } = chart;
  const points = lines.flatMap((line) => line.points);
  const sizes = distinct(points.map(({ size }) => size));
  const x = logScale(sizes, WIDTH, ...SIDES);
  const names = [...new Set(curves.map(({ name }) => name))];
  const traced = curves.map((curve) => trace(curve, sizes[0] ?? 1, sizes.at(-1) ?? 10));
  const values = [
    ...points.flatMap(({ value, lower, upper }) => [value, lower, upper]),
    ...traced.flatMap((curve) => curve.map(({ value }) => value)),
  ].filter((value) => !chart.isLog || value > 0);
  const y = (chart.isLog ? logScale : linearScale)(values, HEIGHT, ...ENDS);
  const axes = { x: xAxis(x, sizes, chart.sizeTitle), y: yAxis(y, chart) };
  return frame({
    title,
    subtitle: [subtitle],
    description,
    datasets: {},
    layer: [
      ...traced.map((values, i) => ({
        data: { values },
        mark: curveMark(names.indexOf(curves[i]!.name), colorOf(curves[i]!, lines)),
        encoding: {
          x: axes.x({ field: 'size' }),
          y: axes.y({ field: 'value' }),
          tooltip: tip([curves[i]!.name, curves[i]!.of].filter(Boolean).join(', ')),
        },
      })),
      ...lines.flatMap((line, i) => {
        const layers = lineLayers(axes, chart, line, i, chart.isLog ? y.domain[0] : null);
        return layers.map((layer) => inSeries(line.name, layer));
      }),
      ...keyLayers([
        ...lines.map(
          ({ name }, i): KeyEntry => ({ mark: pointMark(i), text: name, isSeries: true }),
        ),
        ...names.map((name, i): KeyEntry => ({ mark: strokeMark(i), text: name })),
      ]),
    ],
  });
}

function trace(curve: Curve, from: number, to: number): { size: number; value: number }[] {
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const size = from * power(to / from, i / STEPS);
    return { size, value: curve.at(size) };
  });
}

function lineLayers(
  axes: Axes,
  { valueTitle }: LinesChart,
  { name, points }: Line,
  index: number,
  floor: number | null,
): Layer[] {
  // A bar that would reach zero ends at the edge of a log plot.
  const values = points.map((point) => ({
    ...point,
    lower: floor === null ? point.lower : Math.max(point.lower, floor),
  }));
  const data = { values };
  const [x, y] = [axes.x({ field: 'size' }), axes.y({ field: 'value' })];
  const { color } = STYLES[index % STYLES.length]!;
  const tooltip = tips(['N', 'size'], [valueTitle, 'value'], ['from', 'lower'], ['to', 'upper']);
  return [
    {
      data,
      mark: { type: 'line', color, strokeWidth: 1.2 },
      encoding: { x, y, tooltip: tip(name) },
    },
    {
      data,
      mark: { type: 'rule', color, strokeWidth: 1.5 },
      encoding: { x, y: axes.y({ field: 'lower' }), y2: { field: 'upper' }, tooltip },
    },
    { data, mark: pointMark(index), encoding: { x, y, tooltip } },
  ];
}

function pointMark(index: number): AnyMark {
  const style = STYLES[index % STYLES.length]!;
  return { type: 'point', filled: true, size: 42, opacity: 1, ...style };
}

function colorOf({ of }: Curve, lines: readonly Line[]): string {
  const index = lines.findIndex(({ name }) => name === of);
  return index < 0 ? COLOR.ink : STYLES[index % STYLES.length]!.color;
}

function curveMark(index: number, color: string): AnyMark {
  const strokeDash = [...DASHES[index % DASHES.length]!];
  return { type: 'line', color, strokeWidth: 1, strokeDash };
}

/** A short line for the key, as dense as the curve's. */
function strokeMark(index: number): AnyMark {
  const shape = index === 0 ? 'M-0.9,0H-0.1M0.3,0H0.9' : 'M-0.9,0H-0.5M-0.2,0H0.2M0.5,0H0.9';
  return { type: 'point', shape, filled: false, color: COLOR.ink, size: 110, strokeWidth: 1 };
}

function xAxis(x: Scale, sizes: readonly number[], title?: string): Axes['x'] {
  const axis = sizeAxis(x, sizeTicks(sizes, x.position));
  if (title === undefined) return axis;
  return (position) => {
    const channel = axis(position) as { axis: object };
    return { ...channel, axis: { ...channel.axis, title } } as ReturnType<Axes['x']>;
  };
}

function yAxis({ domain }: Scale, { isLog, valueTitle, format }: LinesChart): Axes['y'] {
  return (position) => ({
    ...position,
    type: 'quantitative',
    // Vega warns if a log scale sets `zero` at all.
    scale: { ...(isLog ? { type: 'log' } : { zero: false }), domain, nice: false },
    axis: {
      ...(isLog
        ? {
            values: decadeTicks(domain),
            labelExpr: `format(datum.value, '${format ?? '~g'}')`,
            labelOverlap: false,
          }
        : { tickCount: 5, ...(format && { format }) }),
      grid: true,
      title: valueTitle,
    },
  });
}
