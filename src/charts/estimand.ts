import type { Estimand } from '../tables/estimand.ts';
import { plusMinus, roundToError, thousands } from '../tables/number.ts';
import { tip } from './interaction.ts';
import { MARK } from './marks.ts';
import { emptiestPlace, type Place, type Spot } from './placement.ts';
import type { Axes, Layer } from './spec.ts';
import { HEIGHT, WIDTH } from './theme.ts';

/**
 * A rule across the chart at the estimand, named at its emptier end.
 *
 * @param y px of the rule
 * @param points px of what the name should not cover
 */
export function estimandLayers(
  axes: Axes,
  estimand: Estimand,
  y: number,
  points: readonly Spot[],
): Layer[] {
  const name = estimandName(estimand);
  // At either end, touching the axis counts as covering one point.
  const taken = [...points, { x: WIDTH / 8, y: HEIGHT }, { x: (7 * WIDTH) / 8, y: HEIGHT }];
  const { id, anchor: _, ...hang } = emptiestPlace([name], places(y), taken);
  const rule = axes.y({ datum: estimand.value });
  const tooltip = tip(`${name}: ${estimand.description}`);
  return [
    { data: { values: [{}] }, mark: MARK.estimand, encoding: { y: rule, tooltip } },
    {
      data: { values: [{}] },
      mark: { type: 'text', text: name, ...hang },
      encoding: { x: { value: id === 'left' ? 0 : 'width' }, y: rule },
    },
  ];
}

/** Below before above: estimates that are too high lie above. */
function places(y: number): [Place<'left' | 'right'>, ...Place<'left' | 'right'>[]] {
  const left = { id: 'left', align: 'left', anchor: { x: 0, y }, dx: 3 } as const;
  const right = { id: 'right', align: 'right', anchor: { x: WIDTH, y }, dx: -3 } as const;
  const below = { baseline: 'top', dy: 3 } as const;
  const above = { baseline: 'bottom', dy: -3 } as const;
  return [
    { ...left, ...below },
    { ...right, ...below },
    { ...left, ...above },
    { ...right, ...above },
  ];
}

/** `population FID 4.6`; with ± SE if it is an estimate. */
function estimandName({ kind, value, se, size }: Estimand): string {
  const name = size === undefined ? NAMES[kind] : `FID at N = ${thousands(size)}:`;
  return `${name} ${se === 0 ? roundToError(value, null).value : plusMinus(value, se)}`;
}

const NAMES: Readonly<Record<Estimand['kind'], string>> = {
  population: 'population FID',
  intercept: '1/N intercept',
  pool: 'FID of the whole pool',
};
