import type { Scale } from './scales.ts';
import type { Axes } from './spec.ts';
import { decadeTicks, type SizeTicks } from './ticks.ts';

/** Log axis of N. */
export function sizeAxis({ domain }: Scale, ticks: SizeTicks): Axes['x'] {
  return (position) => ({
    ...position,
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    axis: { ...ticks, labelOverlap: false, grid: false, title: 'number of generated images N' },
  });
}

/** Linear axis of 1/N. */
export function inverseSizeAxis({ domain }: Scale, ticks: SizeTicks): Axes['x'] {
  return (position) => ({
    ...position,
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: {
      ...ticks,
      labelOverlap: false,
      grid: false,
      title: '1/N (N generated images)',
    },
  });
}

/** Linear axis of FID. */
export function fidAxis({ domain }: Scale): Axes['y'] {
  return (position) => ({
    ...position,
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: { tickCount: 5, grid: true, title: 'FID' },
  });
}

/** Log axis of errors, which are in the units of FID. */
export function errorAxis(scale: Scale): Axes['y'] {
  return logAxis(scale, 'error, in units of FID');
}

/** Log axis of values, with a tick at each decade or closer. */
export function logAxis({ domain }: Scale, title: string): Axes['y'] {
  return (position) => ({
    ...position,
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    axis: {
      values: decadeTicks(domain),
      labelExpr: "format(datum.value, '~g')",
      labelOverlap: false,
      grid: true,
      title,
    },
  });
}
