import { grouped, plusMinus } from '../tables/number.ts';
import { fidAxis, inverseSizeAxis } from './axes.ts';
import { estimandLayers } from './estimand.ts';
import { frame } from './frame.ts';
import { type ChartData, type Fit, subtitleOf } from './inputs.ts';
import { tip } from './interaction.ts';
import { keyLayers } from './key.ts';
import { drawAndMeanLayers, keyEntries, publishedLayers } from './layers.ts';
import { MARK } from './marks.ts';
import { alongLine, emptiestPlace, LINE_HEIGHT, type Place, type Spot } from './placement.ts';
import { fidScale, linearScale } from './scales.ts';
import {
  distinct,
  drawPoints,
  fidValues,
  measurePoints,
  publishedPoints,
  spots,
} from './series.ts';
import type { Axes, ChartSpec, Layer } from './spec.ts';
import { HEIGHT, WIDTH } from './theme.ts';
import { inverseSizeTicks } from './ticks.ts';

/** px left of 1/N = 0 and right of the smallest size. */
const SIDES = [22, 30] as const;
/** px below and above the outermost values: room for the estimand's name and a number on top. */
const ENDS = [20, 20] as const;

/**
 * FID against 1/N with the fitted line, dashed outside the sizes it was fitted to: towards its
 * intercept at 1/N = 0, and at sizes too small for the law.
 *
 * @param data draws and performance of one method; the fit is drawn as given
 */
export function fidAgainstInverseN(data: ChartData): ChartSpec {
  const { fit, estimand } = data;
  const means = measurePoints(data.performance, 'mean').map(withInverse);
  const published = publishedPoints(data.published).map(withInverse);
  const draws = drawPoints(data.estimates).map(({ place: _, ...draw }) => withInverse(draw));
  const sizes = distinct([...draws, ...means, ...published].map(({ size }) => size));
  const to = 1 / (sizes[0] ?? 1);
  const x = linearScale([0, to], WIDTH, ...SIDES);
  const fitted = fit ? [fit.intercept, fit.intercept + fit.slope * to] : [];
  const fids = [estimand.value, ...fitted, ...fidValues(draws, means, published)];
  const y = fidScale(fids, HEIGHT, ...ENDS);
  const axes = { x: inverseSizeAxis(x, inverseSizeTicks(sizes, x.position)), y: fidAxis(y) };
  const at = (inverse: number, fid: number) => ({
    x: x.position(inverse),
    y: HEIGHT - y.position(fid),
  });
  const points = [
    ...spots(draws, means, published, x, y, ({ size }) => 1 / size),
    ...(fit ? alongLine(at(0, fit.intercept), at(to, fit.intercept + fit.slope * to)) : []),
  ];
  const ruleY = HEIGHT - y.position(estimand.value);
  const rule = alongLine({ x: 0, y: ruleY }, { x: WIDTH, y: ruleY });
  return frame({
    title: 'FID against 1/N',
    subtitle: [...subtitleOf(data), ...(fit ? [] : ['no line: a fit needs two sizes'])],
    description: `FID against one over the number of generated images: ${data.title}.`,
    datasets: { draws, means, published },
    layer: [
      ...estimandLayers(axes, estimand, ruleY, points),
      ...(fit ? [...lineLayers(axes, fit, sizes), equation(fit, [...points, ...rule])] : []),
      ...drawAndMeanLayers(axes, 'inverse', 'inverse'),
      ...publishedLayers(axes, published, 'inverse', { align: 'right', dx: 6, dy: -13 }),
      ...keyLayers(keyEntries(published)),
    ],
  });
}

function withInverse<T extends { readonly size: number }>(point: T): T & { inverse: number } {
  return { ...point, inverse: 1 / point.size };
}

/** The line, dashed outside the sizes it was fitted to, and its intercept ± SE. */
function lineLayers(axes: Axes, fit: Fit, sizes: readonly number[]): Layer[] {
  const fitted = distinct(fit.sizes.length > 0 ? fit.sizes : sizes);
  const [from, to] = [1 / (fitted.at(-1) ?? 1), 1 / (fitted[0] ?? 1)];
  const end = 1 / (sizes[0] ?? 1);
  const at = (inverse: number) => ({ inverse, fid: fit.intercept + fit.slope * inverse });
  const tooltip = tip(fitInWords(fit).join('; '));
  const encoding = { x: axes.x({ field: 'inverse' }), y: axes.y({ field: 'fid' }), tooltip };
  const error = fit.intercept_se ?? 0;
  const bar = { inverse: 0, lower: fit.intercept - error, upper: fit.intercept + error };
  return [
    { data: { values: [at(0), at(from)] }, mark: MARK.extrapolation, encoding },
    { data: { values: [at(from), at(to)] }, mark: MARK.fit, encoding },
    ...(end > to
      ? [{ data: { values: [at(to), at(end)] }, mark: MARK.extrapolation, encoding }]
      : []),
    {
      data: { values: [bar] },
      mark: MARK.meanBar,
      encoding: {
        x: axes.x({ field: 'inverse' }),
        y: axes.y({ field: 'lower' }),
        y2: { field: 'upper' },
        tooltip,
      },
    },
    { data: { values: [at(0)] }, mark: MARK.intercept, encoding },
  ];
}

/** The fit in words, in the corner where it covers the fewest points. */
function equation(fit: Fit, points: readonly Spot[]): Layer {
  const text = fitInWords(fit);
  const { anchor, id: _, ...hang } = emptiestPlace(text, CORNERS, points);
  return {
    data: { values: [{}] },
    mark: { type: 'text', text, lineHeight: LINE_HEIGHT, color: MARK.fit.color, ...hang },
    encoding: { x: { value: anchor.x }, y: { value: anchor.y } },
  };
}

function fitInWords(fit: Fit): string[] {
  return [
    'FID = intercept + slope/N',
    `intercept ${grouped(plusMinus(fit.intercept, fit.intercept_se))}`,
    `slope ${grouped(plusMinus(fit.slope, fit.slope_se))}`,
  ];
}

const CORNERS: [Place<null>, ...Place<null>[]] = (
  [
    ['left', 'top'],
    ['right', 'bottom'],
    ['right', 'top'],
    ['left', 'bottom'],
  ] as const
).map(([align, baseline]) => ({
  id: null,
  align,
  baseline,
  anchor: { x: align === 'left' ? 0 : WIDTH, y: baseline === 'top' ? 0 : HEIGHT },
  dx: align === 'left' ? 6 : -3,
  dy: baseline === 'top' ? 1 : -3,
})) as [Place<null>, ...Place<null>[]];
