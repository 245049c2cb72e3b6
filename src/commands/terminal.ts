/**
 * Characters that a terminal obeys instead of showing: escapes, which can rename its window or hide
 * output, and marks that change the direction of text. Tabs and line feeds pass.
 */
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for these
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text with visible control characters, because file names may hold any. JSON stays valid. */
export function visible(text: string): string {
  return text.replace(obeyed, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Stops printed text from controlling the terminal. A progress line bypasses the console. */
export function guardConsole(): void {
  for (const method of ['log', 'error', 'warn'] as const) {
    const print = console[method].bind(console);
    console[method] = (...values: unknown[]) =>
      print(...values.map((value) => (typeof value === 'string' ? visible(value) : value)));
  }
}
