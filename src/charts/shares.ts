import { largestOf, smallestOf } from '../arrays/extremes.ts';
import { frame } from './frame.ts';
import { tips } from './interaction.ts';
import type { ChartSpec, Layer } from './spec.ts';
import { textWidth } from './text.ts';
import { COLOR, FONT_SIZE, WIDTH } from './theme.ts';

/** One bar. */
export interface Share {
  readonly label: string;
  /** Part of the whole, 1 for all of it, or a number; a negative one is drawn to the left. */
  readonly value: number;
  /** Written right of the bar, which may be too small to see. */
  readonly text: string;
}

export interface SharesData {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly description: string;
  readonly axis: string;
  readonly rows: readonly Share[];
  /** `numbers` in whatever unit the axis names; parts of one whole by default. */
  readonly of?: 'whole' | 'numbers';
}

/** px of a bar with its gap. */
const LINE = 20;
/** Least px of the plot; with its labels it is about one paper column wide. */
const LEAST_PLOT = 130;

/** Bars on a linear axis from 0: parts of one whole, which need not add up to it, or signed numbers. */
export function shares({
  title,
  subtitle,
  description,
  axis,
  rows,
  of = 'whole',
}: SharesData): ChartSpec {
  const labels = largestOf(rows.map(({ label }) => textWidth(label, FONT_SIZE)));
  const width = Math.max(LEAST_PLOT, Math.round(WIDTH + 40 - labels));
  const low = Math.min(0, smallestOf(rows.map(({ value }) => value)));
  const high = Math.max(of === 'whole' ? 1 : 0, largestOf(rows.map(({ value }) => value)));
  // Room for the text right of the longest bar.
  const texts = largestOf(rows.map(({ text }) => textWidth(text, FONT_SIZE) + 8));
  const end = low + ((high - low) * width) / Math.max(width - texts, width / 2);
  const encoding: NonNullable<Layer['encoding']> = {
    x: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: [low, end], nice: false },
      axis: {
        ...(of === 'whole' ? { values: [0, 0.25, 0.5, 0.75, 1], format: '.0%' } : { tickCount: 4 }),
        grid: true,
        title: axis,
      },
    },
    y: {
      field: 'label',
      type: 'nominal',
      scale: { domain: rows.map(({ label }) => label) },
      axis: { title: null, ticks: false, domain: false, labelPadding: 6 },
    },
    tooltip: tips(['of', 'label'], [axis, 'value']),
  };
  const bars: Layer = {
    data: { name: 'rows' },
    mark: { type: 'bar', color: COLOR.blue, height: { band: 0.6 } },
    encoding,
  };
  const named: Layer = {
    data: { name: 'rows' },
    mark: { type: 'text', align: 'left', dx: 5 },
    encoding: { ...encoding, x: { ...encoding.x, field: 'right' }, text: { field: 'text' } },
  };
  return frame({
    title,
    subtitle,
    description,
    width,
    height: LINE * rows.length,
    datasets: { rows: rows.map((row) => ({ ...row, right: Math.max(0, row.value) })) },
    layer: [bars, named],
  });
}
