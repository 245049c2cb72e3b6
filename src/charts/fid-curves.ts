import { fidAxis, sizeAxis } from './axes.ts';
import { frame } from './frame.ts';
import { inSeries, tip, tips } from './interaction.ts';
import { type KeyEntry, keyLayers } from './key.ts';
import { barsOf, pointsOf } from './layers.ts';
import { fidScale, logScale } from './scales.ts';
import { distinct } from './series.ts';
import type { AnyMark, Axes, ChartSpec, Layer } from './spec.ts';
import { COLOR, HEIGHT, WIDTH } from './theme.ts';
import { sizeTicks } from './ticks.ts';

/** FID at a number of images, with a 95 % interval. */
export interface CurvePoint {
  readonly size: number;
  readonly fid: number;
  readonly lower: number;
  readonly upper: number;
  /** Drawn hollow: predicted by a law, not measured. */
  readonly isPredicted: boolean;
}

/** The FIDs of one set. */
export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
  /** FID_∞ with its interval, if it is estimated. */
  readonly infinity: {
    readonly value: number;
    readonly lower: number;
    readonly upper: number;
  } | null;
}

const SIDES = [26, 26] as const;
const ENDS = [12, 12] as const;

/** A colour and a shape for each set: either alone tells them apart (Okabe–Ito). */
const LOOKS = [
  { color: COLOR.blue, shape: 'circle', dash: [1, 0] },
  { color: COLOR.vermillion, shape: 'triangle-up', dash: [6, 3] },
  { color: '#009E73', shape: 'square', dash: [2, 2] },
  { color: '#CC79A7', shape: 'diamond', dash: [8, 2, 2, 2] },
  { color: '#E69F00', shape: 'triangle-down', dash: [4, 4] },
  { color: '#56B4E9', shape: 'cross', dash: [1, 3] },
] as const;

/**
 * FID against N on a log axis, a line for each set, with 95 % intervals; FID_∞ as a rule in the same
 * colour, its interval as a band.
 */
export function fidCurves({
  title,
  subtitle,
  description,
  curves,
}: {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly description: string;
  readonly curves: readonly Curve[];
}): ChartSpec {
  const points = curves.flatMap((curve) => curve.points);
  const limits = curves.flatMap(({ infinity }) => (infinity ? [infinity] : []));
  const sizes = distinct(points.map(({ size }) => size));
  const x = logScale(sizes, WIDTH, ...SIDES);
  const values = [...points, ...limits].flatMap(({ lower, upper }) => [lower, upper]);
  const y = fidScale(values, HEIGHT, ...ENDS);
  const axes = { x: sizeAxis(x, sizeTicks(sizes, x.position)), y: fidAxis(y) };
  return frame({
    title,
    subtitle,
    description,
    datasets: Object.fromEntries(curves.map((curve, i) => [`set-${i + 1}`, curve.points])),
    layer: [
      ...curves.flatMap((curve, i) => limitLayers(axes, curve, i)),
      ...curves.flatMap(({ name }, i) => curveLayers(axes, name, i)),
      ...keyLayers(keyOf(curves)),
    ],
  });
}

function lookOf(i: number) {
  return LOOKS[i % LOOKS.length]!;
}

function curveLayers(axes: Axes, set: string, i: number): Layer[] {
  const { color, dash } = lookOf(i);
  const name = `set-${i + 1}`;
  const tooltip = tips(['N', 'size'], ['FID', 'fid'], ['95 % from', 'lower'], ['to', 'upper']);
  const hollow = { condition: { test: 'datum.isPredicted', value: 'white' }, value: color };
  const points = pointsOf(axes, name, markOf(i), 'size', 'fid', tooltip);
  const layers: Layer[] = [
    pointsOf(
      axes,
      name,
      { type: 'line', color, strokeDash: [...dash], strokeWidth: 1.2 },
      'size',
      'fid',
      tip(set),
    ),
    barsOf(axes, name, { type: 'rule', color, strokeWidth: 1.5 }, 'size', tooltip),
    { ...points, encoding: { ...points.encoding, fill: hollow } },
  ];
  return layers.map((layer) => inSeries(set, layer));
}

function markOf(i: number): AnyMark {
  const { color, shape } = lookOf(i);
  return {
    type: 'point',
    filled: true,
    shape,
    color,
    stroke: color,
    strokeWidth: 1.2,
    size: 42,
    opacity: 1,
  };
}

function limitLayers(axes: Axes, { name, infinity: limit }: Curve, i: number): Layer[] {
  if (!limit) return [];
  const { color, dash } = lookOf(i);
  const data = { values: [{}] };
  const tooltip = tip(
    `${name}: FID at infinity ${limit.value}, 95 % interval ${limit.lower} to ${limit.upper}`,
  );
  const layers: Layer[] = [
    {
      data,
      mark: { type: 'rect', color, opacity: 0.15 },
      encoding: { y: axes.y({ datum: limit.lower }), y2: { datum: limit.upper }, tooltip },
    },
    {
      data,
      mark: { type: 'rule', color, strokeDash: [...dash], strokeWidth: 1 },
      encoding: { y: axes.y({ datum: limit.value }), tooltip },
    },
  ];
  return layers.map((layer) => inSeries(name, layer));
}

function keyOf(curves: readonly Curve[]): KeyEntry[] {
  const sets = curves.map(({ name }, i) => ({ mark: markOf(i), text: name, isSeries: true }));
  const isPredicted = curves.some(({ points }) => points.some((point) => point.isPredicted));
  const { color, shape } = lookOf(0);
  const hollow: AnyMark = {
    type: 'point',
    filled: true,
    shape,
    color: 'white',
    stroke: color,
    strokeWidth: 1.2,
    size: 42,
    opacity: 1,
  };
  return [...sets, ...(isPredicted ? [{ mark: hollow, text: 'hollow: predicted by C/N' }] : [])];
}
