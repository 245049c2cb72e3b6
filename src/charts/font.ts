import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The fonts of the charts, from a package: the same on every machine. */
export const FONT_FILES = {
  regular: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
} as const;

/** Width of a text in em. */
export type Measure = (text: string) => number;

/**
 * Advance widths of a TrueType font, read from its `cmap` (format 4), `hhea` and `hmtx` tables.
 * Kerning is left out; it is below half a pixel at the sizes of a chart.
 *
 * @throws Error if the font has no Unicode map of format 4
 */
export function fontMeasure(path: string): Measure {
  const font = readFileSync(path);
  const tables = tableOffsets(font);
  const offset = (tag: string) => {
    const at = tables.get(tag);
    if (at === undefined) throw new Error(`no ${tag} table in ${path}`);
    return at;
  };
  const unitsPerEm = font.readUInt16BE(offset('head') + 18);
  const metrics = font.readUInt16BE(offset('hhea') + 34);
  const advances = offset('hmtx');
  const glyphOf = glyphMap(font, offset('cmap'));
  return (text) => {
    let units = 0;
    for (const char of text) {
      // Glyphs beyond the last metric share it.
      const glyph = Math.min(glyphOf(char.codePointAt(0) ?? 0), metrics - 1);
      units += font.readUInt16BE(advances + 4 * glyph);
    }
    return units / unitsPerEm;
  };
}

function tableOffsets(font: Buffer): Map<string, number> {
  const count = font.readUInt16BE(4);
  return new Map(
    Array.from({ length: count }, (_, i) => {
      const record = 12 + 16 * i;
      return [font.toString('latin1', record, record + 4), font.readUInt32BE(record + 8)];
    }),
  );
}

/** From code point to glyph; 0, the missing glyph, outside of the basic plane. */
function glyphMap(font: Buffer, cmap: number): (codePoint: number) => number {
  const count = font.readUInt16BE(cmap + 2);
  for (let i = 0; i < count; i++) {
    const record = cmap + 4 + 8 * i;
    const map = cmap + font.readUInt32BE(record + 4);
    const isWindowsUnicode = font.readUInt16BE(record) === 3 && font.readUInt16BE(record + 2) === 1;
    if (isWindowsUnicode && font.readUInt16BE(map) === 4) return segmentMap(font, map);
  }
  throw new Error('no Unicode map of format 4 in the font');
}

/** Segments of consecutive code points: ends, starts, deltas and range offsets, an array each. */
function segmentMap(font: Buffer, map: number): (codePoint: number) => number {
  const doubled = font.readUInt16BE(map + 6);
  const ends = map + 14;
  const starts = ends + doubled + 2;
  const deltas = starts + doubled;
  const ranges = deltas + doubled;
  return (codePoint) => {
    for (let i = 0; i < doubled; i += 2) {
      if (codePoint > font.readUInt16BE(ends + i)) continue;
      const start = font.readUInt16BE(starts + i);
      if (codePoint < start) return 0;
      const delta = font.readUInt16BE(deltas + i);
      const range = font.readUInt16BE(ranges + i);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = font.readUInt16BE(ranges + i + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
