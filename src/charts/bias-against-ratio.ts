import { frame } from './frame.ts';
import { inSeries, tip, tips } from './interaction.ts';
import { type KeyEntry, keyLayers } from './key.ts';
import { linearScale, logScale } from './scales.ts';
import type { AnyMark, Axes, ChartSpec, Layer, Tooltip } from './spec.ts';
import { COLOR, HEIGHT, WIDTH } from './theme.ts';

/** A curve of scaled bias over N/d. */
export interface RatioCurve {
  readonly name: string;
  readonly points: readonly {
    readonly ratio: number;
    readonly scaled: number;
    readonly mcse: number;
  }[];
}

export interface RatioChartData {
  readonly title: string;
  /** Explains the marked ratios, in the subtitle. */
  readonly markedTitle: string;
  /** Drawn as dots, in this order. */
  readonly measured: readonly RatioCurve[];
  /** Drawn as lines. */
  readonly expected: readonly RatioCurve[];
  /** Ratios marked by a named rule. */
  readonly marked: readonly { readonly ratio: number; readonly text: string }[];
}

const dots: readonly AnyMark[] = [
  { type: 'point', shape: 'circle', filled: true, color: COLOR.blue, size: 30, opacity: 1 },
  { type: 'point', shape: 'square', filled: false, color: COLOR.blue, size: 40, strokeWidth: 1.4 },
  { type: 'point', shape: 'triangle-up', filled: true, color: COLOR.ink, size: 34, opacity: 1 },
  { type: 'point', shape: 'diamond', filled: false, color: COLOR.vermillion, size: 50 },
  { type: 'point', shape: 'cross', filled: true, color: COLOR.vermillion, size: 40, opacity: 1 },
];

const lines: readonly AnyMark[] = [
  { type: 'line', color: COLOR.vermillion, strokeWidth: 1.2 },
  { type: 'line', color: COLOR.ink, strokeWidth: 1.2, strokeDash: [4, 3] },
];

/** bias · N / C over N/d: 1 where the first-order law holds; a critical point would be a kink. */
export function biasAgainstRatio(data: RatioChartData): ChartSpec {
  const { title, markedTitle, measured, expected, marked } = data;
  const all = measured.flatMap(({ points }) => points);
  const x = logScale(
    all.map(({ ratio }) => ratio),
    WIDTH,
    14,
    14,
  );
  const y = linearScale([0.95, ...all.map(({ scaled }) => scaled)], HEIGHT, 14, 8);
  const isShown = ({ scaled }: { readonly scaled: number }) =>
    scaled >= y.domain[0] && scaled <= y.domain[1];
  const axes: Axes = {
    x: (position) => ({
      ...position,
      type: 'quantitative',
      scale: { type: 'log', domain: x.domain, nice: false },
      axis: {
        values: [0.1, 0.3, 1, 3, 10, 30, 100].filter(
          (tick) => tick >= x.domain[0] && tick <= x.domain[1],
        ),
        format: '~g',
        grid: false,
        title: 'images per dimension, N/d',
      },
    }),
    y: (position) => ({
      ...position,
      type: 'quantitative',
      scale: { domain: y.domain, nice: false, zero: false },
      axis: { tickCount: 5, format: '.1f', grid: true, title: 'bias · N / C' },
    }),
  };
  const rules = marked.flatMap(({ ratio, text }): Layer[] => [
    {
      data: { values: [{}] },
      mark: { type: 'rule', color: COLOR.axis, strokeDash: [2, 2] },
      encoding: { x: axes.x({ datum: ratio }), tooltip: tip(text) },
    },
    {
      data: { values: [{}] },
      mark: { type: 'text', text, align: 'left', baseline: 'bottom', dx: 4, dy: -4 },
      encoding: { x: axes.x({ datum: ratio }), y: axes.y({ datum: y.domain[0] }) },
    },
  ]);
  const key: KeyEntry[] = [
    ...measured.map(({ name }, i) => ({
      mark: dots[i % dots.length]!,
      text: name,
      isSeries: true,
    })),
    ...expected.map(({ name }, i) => ({
      mark: { ...lines[i % lines.length]!, type: 'point', shape: 'stroke', size: 100 } as AnyMark,
      text: name,
      isSeries: true,
    })),
  ];
  return frame({
    title: 'Is there a critical N/d?',
    subtitle: [title, markedTitle],
    description: `Bias of FID times N over its first-order constant C against N/d, log axis: ${title}. 1 is the 1/N law.`,
    datasets: Object.fromEntries([
      ...measured.map(({ points }, i) => [`measured${i}`, points]),
      // We cut the curves: Vega numbers its clip paths across charts, so bytes would depend on order.
      ...expected.map(({ points }, i) => [`expected${i}`, points.filter(isShown)]),
    ]),
    layer: [
      ...rules,
      ...expected.map(({ name }, i) => {
        return layer(axes, name, `expected${i}`, lines[i % lines.length]!, tip(name));
      }),
      ...measured.map(({ name }, i) => {
        return layer(axes, name, `measured${i}`, dots[i % dots.length]!, MEASURED);
      }),
      ...keyLayers(key),
    ],
  });
}

const MEASURED = tips(['N/d', 'ratio'], ['bias · N / C', 'scaled'], ['Monte-Carlo SE', 'mcse']);

function layer(axes: Axes, of: string, name: string, mark: AnyMark, tooltip: Tooltip): Layer {
  const encoding = { x: axes.x({ field: 'ratio' }), y: axes.y({ field: 'scaled' }), tooltip };
  return inSeries(of, { data: { name }, mark, encoding });
}
