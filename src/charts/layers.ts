import type { PublishedPoint } from '../tables/estimand.ts';
import { type TipLine, tips } from './interaction.ts';
import type { KeyEntry } from './key.ts';
import { MARK } from './marks.ts';
import { publishedName } from './series.ts';
import type { AnyMark, Axes, Layer, Tooltip } from './spec.ts';

/** Marks at every row of a named dataset. */
export function pointsOf(
  axes: Axes,
  name: string,
  mark: AnyMark,
  x: string,
  y: string,
  tooltip: Tooltip,
): Layer {
  return {
    data: { name },
    mark,
    encoding: { x: axes.x({ field: x }), y: axes.y({ field: y }), tooltip },
  };
}

/** Bars from `lower` to `upper` of every row of a named dataset. */
export function barsOf(
  axes: Axes,
  name: string,
  mark: AnyMark,
  x: string,
  tooltip: Tooltip,
): Layer {
  return {
    data: { name },
    mark,
    encoding: {
      x: axes.x({ field: x }),
      y: axes.y({ field: 'lower' }),
      y2: { field: 'upper' },
      tooltip,
    },
  };
}

/** What a tooltip says of a draw. */
const DRAW: readonly TipLine[] = [
  ['N', 'size'],
  ['seed', 'seed'],
  ['FID', 'fid'],
];

/** What a tooltip says of a measure over draws. */
export function measureTips(name: string): Tooltip {
  return tips(['N', 'size'], [name, 'value'], ['Monte-Carlo SE', 'mcse'], ['draws', 'draws']);
}

/** Dots of `draws`, then bars and points of `means`. */
export function drawAndMeanLayers(axes: Axes, xOfDraw: string, xOfMean: string): Layer[] {
  return [
    pointsOf(axes, 'draws', MARK.draw, xOfDraw, 'fid', tips(...DRAW)),
    barsOf(axes, 'means', MARK.meanBar, xOfMean, measureTips('mean FID')),
    pointsOf(axes, 'means', MARK.mean, xOfMean, 'value', measureTips('mean FID')),
  ];
}

/** Offset of a published value's number from its diamond. */
export interface Offset {
  readonly align: 'left' | 'right';
  readonly dx: number;
  readonly dy: number;
}

/** Diamonds of `published` with their numbers, if there are any. */
export function publishedLayers(
  axes: Axes,
  published: readonly PublishedPoint[],
  x: string,
  offset: Offset,
): Layer[] {
  if (published.length === 0) return [];
  const encoding = {
    x: axes.x({ field: x }),
    y: axes.y({ field: 'fid' }),
    tooltip: tips(['N', 'size'], ['published FID', 'fid'], ['of', 'label'], ['source', 'url']),
  };
  return [
    { data: { name: 'published' }, mark: MARK.published, encoding },
    {
      data: { name: 'published' },
      mark: { type: 'text', color: MARK.published.color, ...offset },
      encoding: { ...encoding, text: { field: 'text' } },
    },
  ];
}

/** The key of draws, means and published values. */
export function keyEntries(published: readonly PublishedPoint[]): KeyEntry[] {
  const entries: KeyEntry[] = [
    { mark: MARK.draw, text: 'one draw' },
    { mark: MARK.mean, bar: MARK.meanBar, text: 'mean ± MCSE' },
  ];
  if (published.length > 0) {
    entries.push({ mark: MARK.published, text: publishedName(published) });
  }
  return entries;
}
