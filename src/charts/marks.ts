import type { AnyMark } from './spec.ts';
import { COLOR } from './theme.ts';

/**
 * How each thing looks in every chart. Shape and fill repeat what the colour says, so that the charts
 * survive a grey printer.
 */
export const MARK = {
  draw: { type: 'point', shape: 'circle', filled: true, color: COLOR.draw, size: 7, opacity: 0.75 },
  mean: { type: 'point', shape: 'circle', filled: true, color: COLOR.blue, size: 42, opacity: 1 },
  meanBar: { type: 'rule', color: COLOR.blue, strokeWidth: 1.5 },
  published: {
    type: 'point',
    shape: 'diamond',
    filled: false,
    color: COLOR.vermillion,
    size: 130,
    strokeWidth: 1.6,
    opacity: 1,
  },
  estimand: { type: 'rule', color: COLOR.ink, strokeDash: [6, 3], strokeWidth: 1 },
  fit: { type: 'line', color: COLOR.blue, strokeWidth: 1.2 },
  extrapolation: { type: 'line', color: COLOR.blue, strokeWidth: 1.2, strokeDash: [3, 3] },
  intercept: {
    type: 'point',
    shape: 'square',
    filled: true,
    color: COLOR.blue,
    size: 42,
    opacity: 1,
  },
  bias: {
    line: { type: 'line', color: COLOR.blue, strokeWidth: 1.2 },
    bar: { type: 'rule', color: COLOR.blue, strokeWidth: 1.5 },
    point: {
      type: 'point',
      shape: 'circle',
      filled: true,
      color: COLOR.blue,
      size: 42,
      opacity: 1,
    },
  },
  se: {
    line: { type: 'line', color: COLOR.vermillion, strokeWidth: 1.2, strokeDash: [5, 3] },
    bar: { type: 'rule', color: COLOR.vermillion, strokeWidth: 1.5 },
    point: {
      type: 'point',
      shape: 'triangle-up',
      filled: true,
      color: COLOR.vermillion,
      size: 42,
      opacity: 1,
    },
  },
} as const satisfies Record<string, AnyMark | Record<string, AnyMark>>;
