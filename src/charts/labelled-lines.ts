import { logAxis, sizeAxis } from './axes.ts';
import { frame } from './frame.ts';
import { tip, tips } from './interaction.ts';
import { logScale } from './scales.ts';
import { distinct } from './series.ts';
import type { Axes, ChartSpec, Layer } from './spec.ts';
import { COLOR, WIDTH } from './theme.ts';
import { sizeTicks } from './ticks.ts';

/** A line that carries its name at its end. */
export interface LabelledLine {
  readonly name: string;
  /** Lines of one kind share a colour and a shape. */
  readonly kind: 0 | 1 | 2;
  readonly points: readonly { readonly size: number; readonly value: number }[];
}

export interface LabelledLines {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly description: string;
  readonly valueTitle: string;
  readonly lines: readonly LabelledLine[];
  /** A level that is drawn across; a pointer shows its name. */
  readonly level?: { readonly value: number; readonly name: string };
}

const KINDS = [
  { color: COLOR.vermillion, shape: 'triangle-up' },
  { color: COLOR.blue, shape: 'circle' },
  { color: COLOR.ink, shape: 'square' },
] as const;

/** px of the plot, of the names right of the lines, and between two names. */
const HEIGHT = 260;
const NAMES = 74;
const STEP = 13;

/** Positive values against N, both axes log, with more lines than a key could tell apart. */
export function labelledLines(chart: LabelledLines): ChartSpec {
  const { title, subtitle, description, lines, level } = chart;
  const points = lines.flatMap((line) => line.points).filter(({ value }) => value > 0);
  const sizes = distinct(points.map(({ size }) => size));
  const x = logScale(sizes, WIDTH + 20, 16, NAMES);
  const values = [...points.map(({ value }) => value), ...(level ? [level.value] : [])];
  const y = logScale(values, HEIGHT, 12, 12);
  const axes: Axes = {
    x: sizeAxis(x, sizeTicks(sizes, x.position)),
    y: logAxis(y, chart.valueTitle),
  };
  const ends = spread(lines, (value) => HEIGHT - y.position(value));
  return frame({
    title,
    subtitle,
    description,
    datasets: {},
    width: WIDTH + 20,
    height: HEIGHT,
    layer: [
      ...(level ? levelLayers(axes, level) : []),
      ...lines.flatMap((line) => lineLayers(axes, line, chart.valueTitle)),
      ...ends.map(({ name, kind, px }): Layer => {
        const last = x.position(sizes.at(-1)!);
        return {
          data: { values: [{}] },
          mark: { type: 'text', align: 'left', baseline: 'middle', color: KINDS[kind].color },
          encoding: { x: { value: last + 9 }, y: { value: px }, text: { value: name } },
        };
      }),
    ],
  });
}

function lineLayers(axes: Axes, { name, kind, points }: LabelledLine, title: string): Layer[] {
  const data = { values: points.filter(({ value }) => value > 0).map((point) => ({ ...point })) };
  const [x, y] = [axes.x({ field: 'size' }), axes.y({ field: 'value' })];
  const { color, shape } = KINDS[kind];
  return [
    {
      data,
      mark: { type: 'line', color, strokeWidth: 1.2 },
      encoding: { x, y, tooltip: tip(name) },
    },
    {
      data,
      mark: { type: 'point', filled: true, size: 34, opacity: 1, color, shape },
      encoding: { x, y, tooltip: tips(['N', 'size'], [title, 'value']) },
    },
  ];
}

function levelLayers(axes: Axes, { value, name }: { value: number; name: string }): Layer[] {
  return [
    {
      data: { values: [{}] },
      mark: { type: 'rule', color: COLOR.axis, strokeDash: [6, 3] },
      encoding: { y: axes.y({ datum: value }), tooltip: tip(name) },
    },
  ];
}

/** Where the names go: at the ends of the lines, moved apart until none covers another. */
function spread(lines: readonly LabelledLine[], position: (value: number) => number) {
  const ends = lines
    .flatMap(({ name, kind, points }) => {
      const last = points.findLast(({ value }) => value > 0);
      return last ? [{ name, kind, px: position(last.value) }] : [];
    })
    .sort((a, b) => a.px - b.px);
  for (let i = 1; i < ends.length; i++) {
    ends[i]!.px = Math.max(ends[i]!.px, ends[i - 1]!.px + STEP);
  }
  // What was pushed below the plot goes up again.
  for (let i = ends.length - 1, most = HEIGHT; i >= 0; i--, most = ends[i + 1]!.px - STEP) {
    ends[i]!.px = Math.min(ends[i]!.px, most);
  }
  return ends;
}
