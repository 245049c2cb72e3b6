import type { AnyMark, ChartSpec, Layer, Tooltip } from './spec.ts';

/**
 * What a chart does under a pointer: tooltips, zoom, a click on its key. Viewers of Vega-Lite (its editor,
 * Jupyter, VS Code, `study view`) read it from the `.vl.json`. Print does not change: SVG and PNG are drawn
 * from `printed(spec)`.
 */

/** A line of a tooltip: a column of the layer's data, and what to call it. */
export type TipLine = readonly [title: string, field: string];

/** N with commas, then columns with all their digits, as the CSV has them. */
export function tips(...lines: readonly TipLine[]): Tooltip {
  return lines.map(([title, field]) =>
    field === 'size'
      ? { field, type: 'quantitative', title, format: ',d' }
      : // A nominal number is printed whole; a quantitative one is cut to twelve digits.
        { field, type: 'nominal', title },
  );
}

/** A tooltip that says the same everywhere on a mark, such as the name of a line. */
export function tip(text: string): Tooltip {
  return { value: text };
}

/** Name of the parameter that a click on the key sets. */
const SHOWN = 'shown';
/** What is left of a series that was not clicked. */
const DIMMED = 0.12;

/** Opacity of a series: full until another one is clicked in the key. */
export function dimmed(series: string, mark: AnyMark): NonNullable<Layer['encoding']>['opacity'] {
  const isShown = `!${SHOWN}.series || indexof(${SHOWN}.series, ${JSON.stringify(series)}) >= 0`;
  // 0.7 is Vega-Lite's own for points.
  const own = typeof mark.opacity === 'number' ? mark.opacity : mark.type === 'point' ? 0.7 : 1;
  return { condition: { test: isShown, value: own }, value: Math.min(own, DIMMED) };
}

/** A layer that belongs to a series of the key. */
export function inSeries(series: string, layer: Layer): Layer {
  const opacity = dimmed(series, layer.mark as AnyMark);
  return { ...layer, encoding: { ...layer.encoding, opacity } };
}

/** An entry of a key, px from the plot's corner. */
export interface KeySpot {
  readonly series: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Invisible areas over the entries of a key. A click shows one series, Shift-click adds one. */
export function keyClicks(spots: readonly KeySpot[]): Layer {
  const px = (field: string) => ({ field, type: 'quantitative', scale: null, axis: null }) as const;
  return {
    data: {
      values: spots.map(({ series, x, y, width, height }) => {
        return { series, left: x, right: x + width, top: y - height / 2, bottom: y + height / 2 };
      }),
    },
    params: [
      { name: SHOWN, select: { type: 'point', fields: ['series'], clear: 'dblclick' }, value: [] },
    ],
    mark: { type: 'rect', opacity: 0, cursor: 'pointer', clip: false },
    encoding: {
      x: px('left'),
      x2: { field: 'right' },
      y: px('top'),
      y2: { field: 'bottom' },
      tooltip: { field: 'series', type: 'nominal', title: 'click to show alone' },
    },
  };
}

/** Shift and the wheel zoom, because the wheel alone scrolls the page; a drag moves the chart. */
const ZOOM: NonNullable<Layer['params']>[number] = {
  name: 'zoom',
  select: { type: 'interval', zoom: 'wheel![event.shiftKey]' },
  bind: 'scales',
};

/** Layers that can be zoomed, if both axes are numbers. A zoomed chart is clipped; its texts are not. */
export function interactive(all: readonly Layer[]): Layer[] {
  const layers = all.some(isClicks) ? all : all.map(withoutOpacity);
  const first = layers.findIndex(hasBothAxes);
  if (first < 0) return [...layers];
  return layers.map((layer, i) => {
    if (i === first) return { ...layer, params: [...(layer.params ?? []), ZOOM] };
    if (hasBothAxes(layer) && layer.mark.type !== 'text') return layer;
    return { ...layer, mark: { ...(layer.mark as AnyMark), clip: false } };
  }) as Layer[];
}

/** Without a key to click on, nothing is dimmed. */
function withoutOpacity(layer: Layer): Layer {
  const { opacity: _, ...encoding } = { ...layer.encoding };
  return { ...layer, encoding };
}

function hasBothAxes(layer: Layer): layer is Layer & { readonly mark: AnyMark } {
  const { x, y } = layer.encoding ?? {};
  return [x, y].every((channel) => {
    const { field, type, scale } = Object(channel);
    return field !== undefined && type === 'quantitative' && scale !== null;
  });
}

/** The series of a chart, each with the indices of its printed layers. */
export function seriesOf({ layer }: ChartSpec): Record<string, number[]> {
  const series: Record<string, number[]> = {};
  for (const [i, each] of printedLayers(layer).entries()) {
    const test: unknown = Object(Object(each.encoding?.opacity).condition).test;
    const name = /, (".*")\) >= 0$/.exec(String(test))?.[1];
    if (name !== undefined) {
      const key = JSON.parse(name) as string;
      series[key] = [...(series[key] ?? []), i];
    }
  }
  return series;
}

/** The chart as it is printed: without what only a pointer can reach. */
export function printed<Spec>(spec: Spec, keep: 'nothing' | 'tooltips' = 'nothing'): Spec {
  const { layer } = Object(spec) as Partial<ChartSpec>;
  if (!Array.isArray(layer)) return spec;
  return {
    ...spec,
    layer: printedLayers(layer).map(({ params: _, encoding, mark, ...rest }) => {
      const { opacity: __, tooltip, ...channels } = { ...encoding };
      const { clip: ___, ...look } = mark as AnyMark;
      const kept = keep === 'tooltips' && tooltip !== undefined ? { tooltip } : {};
      return { ...rest, mark: look, encoding: { ...channels, ...kept } };
    }),
  };
}

function printedLayers(layers: ChartSpec['layer']): Layer[] {
  return (layers as Layer[]).filter((each) => !isClicks(each));
}

function isClicks({ params }: Layer): boolean {
  return params?.some(({ name }) => name === SHOWN) ?? false;
}
