import { logAxis, sizeAxis } from './axes.ts';
import { frame } from './frame.ts';
import { inSeries, tip, tips } from './interaction.ts';
import { keyLayers } from './key.ts';
import { pointsOf } from './layers.ts';
import { logScale } from './scales.ts';
import { distinct } from './series.ts';
import type { AnyMark, Axes, ChartSpec } from './spec.ts';
import { HEIGHT, WIDTH } from './theme.ts';
import { sizeTicks } from './ticks.ts';

/** An estimator's error at one size, as a share of the plug-in's. */
export interface RatioRow {
  readonly size: number;
  readonly method: string;
  readonly median_ratio: number;
}

/** Lines of the chart, in the order of the key: Okabe–Ito colours, a shape and a dash each. */
const LINES = [
  { method: 'fid-infinity', color: '#D55E00', shape: 'square', dash: [5, 3] },
  { method: 'vale-2-n', color: '#E69F00', shape: 'diamond', dash: [2, 2] },
  { method: 'jackknife', color: '#CC79A7', shape: 'triangle-down', dash: [8, 3] },
  { method: 'rtd', color: '#222222', shape: 'cross', dash: [1, 3] },
  { method: 'random-matrix-rows', color: '#009E73', shape: 'triangle-up', dash: [6, 2, 1, 2] },
  { method: 'analytic-fourth-2', color: '#0072B2', shape: 'circle', dash: [1, 0] },
] as const;

/** px around the outermost values. */
const SIDES = [14, 14] as const;
const ENDS = [10, 10] as const;
/** Ratios above this are left out: one failing estimator would flatten all others. */
const MOST = 10;

/** Median RMSE of estimators over the plug-in's against N, both axes log. */
export function ratioAgainstN(rows: readonly RatioRow[]): ChartSpec {
  const sizes = distinct(rows.map(({ size }) => size));
  const lines = LINES.flatMap((line) => {
    const points = rows
      .filter(({ method, median_ratio }) => method === line.method && median_ratio <= MOST)
      .sort((a, b) => a.size - b.size)
      .map(({ size, median_ratio }) => ({ size, ratio: median_ratio }));
    return points.length > 0 ? [{ ...line, id: line.method, points }] : [];
  });
  const ratios = lines.flatMap(({ points }) => points.map(({ ratio }) => ratio));
  const x = logScale(sizes, WIDTH, ...SIDES);
  const y = logScale([...ratios, 1], HEIGHT, ...ENDS);
  const axes: Axes = {
    x: sizeAxis(x, sizeTicks(sizes, x.position)),
    y: logAxis(y, 'RMSE / RMSE of the plug-in'),
  };
  const cut = rows.some(({ median_ratio }) => median_ratio > MOST);
  return frame({
    title: 'Estimators of FID at infinite N',
    subtitle: [
      'RMSE divided by that of the plug-in at the same N, median over surrogates.',
      ...(cut ? [`Ratios above ${MOST} are left out.`] : []),
    ],
    description:
      'RMSE of estimators of FID at infinite N divided by that of the plug-in, median over surrogates, against the number of images; both axes log.',
    datasets: Object.fromEntries(lines.map(({ id, points }) => [id, points])),
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: '#222222', strokeDash: [6, 3] },
        encoding: { y: axes.y({ datum: 1 }), tooltip: tip('RMSE of the plug-in') },
      },
      ...lines.flatMap((line) =>
        [
          pointsOf(axes, line.id, lineMark(line), 'size', 'ratio', tip(line.method)),
          pointsOf(axes, line.id, pointMark(line), 'size', 'ratio', RATIO),
        ].map((layer) => inSeries(line.method, layer)),
      ),
      ...keyLayers(
        lines.map((line) => ({ mark: pointMark(line), text: line.method, isSeries: true })),
      ),
    ],
  });
}

const RATIO = tips(['N', 'size'], ["RMSE / plug-in's", 'ratio']);

type Line = (typeof LINES)[number];

function lineMark({ color, dash }: Line): AnyMark {
  return { type: 'line', color, strokeDash: [...dash], strokeWidth: 1.2 };
}

function pointMark({ color, shape }: Line): AnyMark {
  return { type: 'point', shape, filled: true, color, size: 42, opacity: 1 };
}
