import { largestOf } from '../arrays/extremes.ts';
import { powerOfTen } from '../kernels/elementary.ts';
import { frame } from './frame.ts';
import { tips } from './interaction.ts';
import { type KeyEntry, keyLayers } from './key.ts';
import { MARK } from './marks.ts';
import { logScale } from './scales.ts';
import type { AnyMark, ChartSpec, Layer } from './spec.ts';
import { textWidth } from './text.ts';
import { FONT_SIZE, WIDTH } from './theme.ts';
import { decadeTicks } from './ticks.ts';

/** One line of the chart. */
export interface Magnitude {
  readonly label: string;
  /** Not negative; 0 is drawn at the left edge. */
  readonly value: number;
  readonly kind: 'first' | 'second';
  /** Written right of the mark. */
  readonly text?: string;
}

export interface MagnitudesData {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly description: string;
  readonly axis: string;
  readonly rows: readonly Magnitude[];
  /** What the two kinds of mark stand for; a kind without rows is left out. */
  readonly names: Readonly<Record<Magnitude['kind'], string>>;
}

/** px of a line. */
const LINE = 18;
/** Powers of ten from a hundredth to a thousand in plain digits. */
const PLAIN =
  "datum.value > 0.005 && datum.value < 5000 ? format(datum.value, '~g') : format(datum.value, '~e')";
/** px left of the smallest value, for the zeros. */
const ZERO = 34;
/** px left of the smallest value if there are no zeros. */
const LEFT = 14;
const RIGHT = 16;
/** Least px of the plot; with its labels it is about one paper column wide. */
const LEAST_PLOT = 130;

const marks: Readonly<Record<Magnitude['kind'], AnyMark>> = {
  first: MARK.mean,
  second: MARK.published,
};

/** Values of very different size, one per line on a log axis, zeros at its left edge. */
export function magnitudes(data: MagnitudesData): ChartSpec {
  const { rows } = data;
  const labels = largestOf(rows.map(({ label }) => textWidth(label, FONT_SIZE)));
  const width = Math.max(LEAST_PLOT, Math.round(WIDTH + 40 - labels));
  const positive = rows.map(({ value }) => value).filter((value) => value > 0);
  const texts = Math.max(
    0,
    largestOf(rows.map(({ text }) => textWidth(text ?? '', FONT_SIZE) + 8)),
  );
  const left = positive.length < rows.length ? ZERO : LEFT;
  const x = logScale(positive, width, left, RIGHT + texts);
  const most = largestOf(positive);
  const points = rows.map(({ label, value, kind, text }) => ({
    label,
    value,
    kind,
    x: value > 0 ? value : x.shift(x.domain[0], 8),
    text: value > 0 ? (text ?? '') : '0',
  }));
  const layers = (['first', 'second'] as const).map((kind): Layer => {
    return {
      data: { name: 'rows' },
      transform: [{ filter: `datum.kind === '${kind}' && datum.value > 0` }],
      mark: marks[kind],
      encoding: channels(x.domain, most, rows, data.axis),
    };
  });
  const zeros: Layer = {
    data: { name: 'rows' },
    transform: [{ filter: 'datum.value === 0' }],
    mark: { type: 'text', fontWeight: 'bold' },
    encoding: { ...channels(x.domain, most, rows, data.axis), text: { field: 'text' } },
  };
  const named: Layer = {
    data: { name: 'rows' },
    transform: [{ filter: 'datum.value > 0' }],
    mark: { type: 'text', align: 'left', dx: 7 },
    encoding: { ...channels(x.domain, most, rows, data.axis), text: { field: 'text' } },
  };
  const kinds = (['first', 'second'] as const).filter((kind) =>
    rows.some((row) => row.kind === kind),
  );
  const entries: KeyEntry[] = kinds.map((kind) => ({ mark: marks[kind], text: data.names[kind] }));
  const { title, subtitle, description } = data;
  return {
    ...frame({
      title,
      subtitle,
      description,
      datasets: { rows: points },
      layer: [
        ...layers,
        zeros,
        ...(texts > 0 ? [named] : []),
        ...keyLayers(kinds.length > 1 ? entries : []),
      ],
    }),
    width,
    height: LINE * rows.length,
  };
}

function channels(
  domain: readonly [number, number],
  most: number,
  rows: readonly Magnitude[],
  title: string,
): NonNullable<Layer['encoding']> {
  return {
    x: {
      field: 'x',
      type: 'quantitative',
      scale: { type: 'log', domain: [...domain], nice: false },
      axis: { values: decadesOf(domain, most), labelExpr: PLAIN, grid: true, title },
    },
    y: {
      field: 'label',
      type: 'nominal',
      scale: { domain: rows.map(({ label }) => label) },
      axis: { title: null, grid: true, ticks: false, domain: false, labelPadding: 6 },
    },
    tooltip: tips(['of', 'label'], [title, 'value']),
  };
}

/** Four or five powers of ten up to the largest value's; if they are few, numbers between them too. */
function decadesOf(domain: readonly [number, number], most: number): number[] {
  const top = powerOfTen(Math.ceil(Math.log10(most) - 1e-9));
  const ticks = decadeTicks([domain[0], Math.min(domain[1], top * 1.001)]);
  // Counted from the largest down, so that the largest gets a tick.
  const every = Math.ceil(ticks.length / 4);
  return ticks.filter((_, i) => (ticks.length - 1 - i) % every === 0);
}
