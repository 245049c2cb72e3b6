import type { View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { FONT_FILES, fontMeasure } from './font.ts';

/**
 * A spec in Vega, for the caller to draw and to finalize. The renderers are loaded when the first chart is
 * drawn: they take half of a command's start-up time, and Vega uses top-level await, so that no CommonJS
 * program (a notebook's kernel, say) could `require` this package otherwise.
 */
export async function sceneOf(spec: TopLevelSpec): Promise<View> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  measureTextByFont(vega);
  // Vega writes into the rows that it loads; the spec belongs to the caller.
  const own = structuredClone(spec);
  const refuse = () => Promise.reject(new Error('charts hold their data: nothing is loaded'));
  const loader = { ...vega.loader(), load: refuse, sanitize: refuse };
  return new vega.View(vega.parse(compile(own).spec), { renderer: 'none', loader });
}

/** The one setting of Vega's that its types leave out. */
interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

let isMeasuring = false;

/**
 * Makes Vega measure texts by the font's own widths. Without a canvas it guesses 0.8 em per character,
 * a third too wide; with one (an optional package) layouts would differ between machines.
 */
function measureTextByFont(vega: object): void {
  if (isMeasuring) return;
  const { textMetrics } = vega as { textMetrics: TextMetrics };
  const regular = fontMeasure(FONT_FILES.regular);
  const bold = fontMeasure(FONT_FILES.bold);
  textMetrics.width = (item, text) => {
    const measure = item.fontWeight === 'bold' ? bold : regular;
    return measure(String(text ?? '').trim()) * (item.fontSize ?? 11);
  };
  isMeasuring = true;
}
