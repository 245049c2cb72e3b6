/** Advance widths of DejaVu Sans in em, by kind of character; a little more than the mean. */
const WIDTHS: readonly (readonly [chars: RegExp, em: number])[] = [
  [/[\s.,:;|'()/fijlrtI-]/g, 0.37],
  [/[MWmw%]/g, 0.95],
  [/[A-HJ-LN-VX-Z±≤=+]/g, 0.74],
];
const OTHER_EM = 0.62;

/**
 * Approximate width of a text in px, from its characters only: layout stays a pure function of the
 * rows. Rendering measures the font itself.
 */
export function textWidth(text: string, fontSize: number): number {
  let em = OTHER_EM * text.length;
  for (const [chars, width] of WIDTHS) {
    em += (width - OTHER_EM) * (text.match(chars)?.length ?? 0);
  }
  return em * fontSize;
}

/** Breaks a text between words into lines of about `width` px. */
export function wrap(text: string, width: number, fontSize: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, fontSize) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
