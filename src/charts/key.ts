import { inSeries, type KeySpot, keyClicks } from './interaction.ts';
import type { AnyMark, Layer } from './spec.ts';
import { textWidth } from './text.ts';
import { FONT_SIZE, WIDTH } from './theme.ts';

/** A mark as the chart draws it, and what it stands for. */
export interface KeyEntry {
  readonly mark: AnyMark;
  /** Drawn under the mark, such as its error bar. */
  readonly bar?: AnyMark;
  readonly text: string;
  /** Whether a click on it shows its marks alone: they are `dimmed` by its text. */
  readonly isSeries?: boolean;
}

const GLYPH = 14;
const GAP = 12;
const LINE = FONT_SIZE + 4;
/** px from the plot up to the middle of the lowest line. */
const ABOVE = 9;
/** The key may start over the axis labels. */
const START = -40;

/**
 * A key in lines above the plot, drawn with the marks themselves: unlike a legend it shows the
 * error bar, mixes filled and open shapes, and never covers data.
 */
export function keyLayers(entries: readonly KeyEntry[]): Layer[] {
  const lines = inLines(entries);
  const spots: KeySpot[] = [];
  const drawn = lines.flatMap((line, i) => {
    const y = { value: -ABOVE - LINE * (lines.length - 1 - i) };
    return line.flatMap(({ entry, x, width }) => {
      const layers = [
        ...(entry.bar ? [bar(entry.bar, x, y.value)] : []),
        glyph(entry.mark, x, y),
        text(entry.text, x, y),
      ];
      if (!entry.isSeries) return layers;
      spots.push({ series: entry.text, x, y: y.value, width, height: LINE });
      return layers.map((layer) => inSeries(entry.text, layer));
    });
  });
  // With one series there is nothing to choose.
  return spots.length > 1 ? [...drawn, keyClicks(spots)] : drawn;
}

interface Placed {
  readonly entry: KeyEntry;
  readonly x: number;
  readonly width: number;
}

function inLines(entries: readonly KeyEntry[]): Placed[][] {
  const lines: Placed[][] = [[]];
  let x = START;
  for (const entry of entries) {
    const width = GLYPH + textWidth(entry.text, FONT_SIZE);
    if (x + width > WIDTH && x > START) {
      lines.push([]);
      x = START;
    }
    lines.at(-1)?.push({ entry, x, width });
    x += width + GAP;
  }
  return lines;
}

const data = { values: [{}] };

function glyph(mark: AnyMark, x: number, y: { readonly value: number }): Layer {
  return { data, mark, encoding: { x: { value: x + GLYPH / 2 - 2 }, y } };
}

function bar(mark: AnyMark, x: number, y: number): Layer {
  const encoding = { x: { value: x + GLYPH / 2 - 2 }, y: { value: y - 6 }, y2: { value: y + 6 } };
  return { data, mark, encoding };
}

function text(label: string, x: number, y: { readonly value: number }): Layer {
  return {
    data,
    mark: { type: 'text', align: 'left', baseline: 'middle' },
    encoding: { x: { value: x + GLYPH }, y, text: { value: label } },
  };
}
