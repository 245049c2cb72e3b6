import { largestOf } from '../arrays/extremes.ts';
import { frame } from './frame.ts';
import { tip, tips } from './interaction.ts';
import { MARK } from './marks.ts';
import { linearScale } from './scales.ts';
import type { ChartSpec } from './spec.ts';
import { textWidth } from './text.ts';
import { COLOR, FONT_SIZE, WIDTH } from './theme.ts';

/** A value with its interval, and its name on the left. */
export interface IntervalRow {
  readonly label: string;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Drawn hollow: shown for context. */
  readonly aside?: boolean;
}

/** The value that the rows are compared with. */
export interface IntervalRule {
  readonly value: number;
  readonly text: string;
}

/** px of one row. */
const ROW = 20;
/** px around the outermost values. */
const ENDS = [10, 10] as const;
/** Largest width of a row's name in px, so that the chart fits two columns of a page. */
const LABEL_LIMIT = 240;

/**
 * Values with their intervals as rows, from top to bottom in the order given, and a rule at the
 * reported value. Values with the same label share a row.
 */
export function intervalRows({
  title,
  subtitle,
  description,
  axisTitle,
  rows,
  rule,
}: {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly description: string;
  readonly axisTitle: string;
  readonly rows: readonly IntervalRow[];
  readonly rule: IntervalRule;
}): ChartSpec {
  const ends = rows.flatMap(({ lower, upper }) => [lower, upper]);
  const { domain } = linearScale([rule.value, ...ends], WIDTH, ...ENDS);
  const x = (position: { readonly field: string } | { readonly datum: number }) => ({
    ...position,
    type: 'quantitative' as const,
    scale: { domain, nice: false, zero: false },
    axis: { tickCount: 5, grid: true, title: axisTitle },
  });
  const labels = Math.min(
    LABEL_LIMIT,
    largestOf(rows.map(({ label }) => textWidth(label, FONT_SIZE))),
  );
  const y = {
    field: 'label',
    type: 'nominal' as const,
    sort: null,
    axis: { title: null, ticks: false, domain: false, labelLimit: LABEL_LIMIT, minExtent: labels },
  };
  const hollow = {
    condition: { test: 'datum.aside === true', value: 'white' },
    value: MARK.mean.color,
  };
  const tooltip = tips(['of', 'label'], [axisTitle, 'value'], ['from', 'lower'], ['to', 'upper']);
  return frame({
    title,
    subtitle,
    description,
    height: ROW * new Set(rows.map(({ label }) => label)).size,
    datasets: { rows },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: COLOR.vermillion, strokeDash: [6, 3] },
        encoding: { x: x({ datum: rule.value }), tooltip: tip(rule.text) },
      },
      {
        data: { values: [{}] },
        mark: {
          type: 'text',
          color: COLOR.vermillion,
          baseline: 'bottom',
          dy: -4,
          y: 0,
        },
        encoding: { x: x({ datum: rule.value }), text: { value: rule.text } },
      },
      {
        data: { name: 'rows' },
        mark: MARK.meanBar,
        encoding: { y, x: x({ field: 'lower' }), x2: { field: 'upper' }, tooltip },
      },
      {
        data: { name: 'rows' },
        mark: { ...MARK.mean, stroke: MARK.mean.color, strokeWidth: 1.4 },
        encoding: { y, x: x({ field: 'value' }), fill: hollow, tooltip },
      },
    ],
  });
}
