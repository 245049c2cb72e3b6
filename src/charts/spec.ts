import type { TopLevelSpec } from 'vega-lite';

/** A Vega-Lite spec of layers: every chart here is one. */
export type ChartSpec = Extract<TopLevelSpec, { layer: unknown }>;

/** One layer of it, with a mark. */
export type Layer = Extract<ChartSpec['layer'][number], { mark: unknown }>;

/** A mark with its properties. */
export type AnyMark = Extract<Layer['mark'], { type: unknown }>;

type Encoding = NonNullable<Layer['encoding']>;

/** What a pointer shows on a mark. */
export type Tooltip = Encoding['tooltip'];

/** A field of the layer's data, or one value of the axis. */
export type Position = { readonly field: string } | { readonly datum: number };

/**
 * The two position channels. Every layer of a chart gets its channels here, so that all agree on
 * scale and axis, and Vega-Lite has nothing to merge.
 */
export interface Axes {
  x(position: Position): NonNullable<Encoding['x']>;
  y(position: Position): NonNullable<Encoding['y']>;
}
