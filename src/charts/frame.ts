import { interactive } from './interaction.ts';
import type { ChartSpec, Layer } from './spec.ts';
import { wrap } from './text.ts';
import { CONFIG, FONT_SIZE, HEIGHT, SCHEMA, WIDTH } from './theme.ts';

/** What one chart adds to the frame that all share. */
export interface ChartParts {
  readonly title: string;
  /** Wrapped to the width of the chart; each text starts a line of its own. */
  readonly subtitle: readonly string[];
  /** For readers who do not see the chart. */
  readonly description: string;
  readonly datasets: Readonly<Record<string, readonly object[]>>;
  readonly layer: readonly Layer[];
  /** px of the plot area; by default that of all charts. */
  readonly width?: number;
  readonly height?: number;
}

/** Width of titles: the plot and its axis labels. */
const TITLE_WIDTH = WIDTH + 48;

/** The spec of a chart: schema, size, titles and theme around its layers. */
export function frame({
  title,
  subtitle,
  description,
  datasets,
  layer,
  width = WIDTH,
  height = HEIGHT,
}: ChartParts): ChartSpec {
  return {
    $schema: SCHEMA,
    description,
    title: {
      text: title,
      subtitle: subtitle.flatMap((text) => wrap(text, TITLE_WIDTH, FONT_SIZE)),
    },
    width,
    height,
    datasets: Object.fromEntries(
      Object.entries(datasets).map(([name, rows]) => [name, rows.map((row) => ({ ...row }))]),
    ),
    layer: interactive(layer),
    config: CONFIG,
  };
}
