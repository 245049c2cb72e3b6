import { smallestOf } from '../arrays/extremes.ts';
import { fidAxis, sizeAxis } from './axes.ts';
import { estimandLayers } from './estimand.ts';
import { frame } from './frame.ts';
import { type ChartData, subtitleOf } from './inputs.ts';
import { keyLayers } from './key.ts';
import { drawAndMeanLayers, keyEntries, publishedLayers } from './layers.ts';
import { fidScale, logScale } from './scales.ts';
import {
  distinct,
  drawPoints,
  fidValues,
  measurePoints,
  publishedPoints,
  spots,
} from './series.ts';
import type { ChartSpec } from './spec.ts';
import { HEIGHT, WIDTH } from './theme.ts';
import { sizeTicks } from './ticks.ts';

/** px left of a size where its draws lie, in seed order, so that the mean does not cover them. */
const STRIP = { from: 17, to: 6 };
/** px around the outermost sizes: room for the strip, and for a published value's number. */
const SIDES = [30, 40] as const;
/** px below and above the outermost values: room for the estimand's name. */
const ENDS = [20, 12] as const;

/**
 * FID against N on a log axis: a dot per draw, the mean with its Monte-Carlo SE, the estimand as a
 * rule, published values as diamonds.
 *
 * @param data draws and performance of one method
 */
export function fidAgainstN(data: ChartData): ChartSpec {
  const means = measurePoints(data.performance, 'mean');
  const published = publishedPoints(data.published);
  const draws = drawPoints(data.estimates);
  const sizes = distinct([...draws, ...means, ...published].map(({ size }) => size));
  const x = logScale(sizes, WIDTH, ...SIDES);
  const y = fidScale([data.estimand.value, ...fidValues(draws, means, published)], HEIGHT, ...ENDS);
  const axes = { x: sizeAxis(x, sizeTicks(sizes, x.position)), y: fidAxis(y) };
  const strip = stripOf(sizes.map(x.position));
  const points = spots(draws, means, published, x, y, ({ size }) => size);
  return frame({
    title: 'FID against the number of images',
    subtitle: subtitleOf(data),
    description: `FID against the number of generated images, log axis: ${data.title}. Dots are draws, left of their size in seed order.`,
    datasets: {
      draws: draws.map(({ place, ...draw }) => ({ ...draw, x: x.shift(draw.size, strip(place)) })),
      means,
      published,
    },
    layer: [
      ...estimandLayers(axes, data.estimand, HEIGHT - y.position(data.estimand.value), points),
      ...drawAndMeanLayers(axes, 'x', 'size'),
      ...publishedLayers(axes, published, 'size', { align: 'left', dx: 9, dy: -6 }),
      ...keyLayers(keyEntries(published)),
    ],
  });
}

/** From a draw's place to px; narrower if sizes are closer together than the strip is wide. */
function stripOf(positions: readonly number[]): (place: number) => number {
  const gaps = positions.slice(1).map((position, i) => position - (positions[i] ?? 0));
  const factor = Math.min(1, smallestOf(gaps) / (STRIP.from + STRIP.to));
  return (place) => factor * (place * (STRIP.from - STRIP.to) - STRIP.from);
}
