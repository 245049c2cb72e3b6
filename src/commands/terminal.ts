/**
 * Characters that a terminal obeys instead of showing them: escapes, which can rename its window or
 * hide what was printed, and marks that turn the direction of text. Tabs and line feeds are ours.
 */
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are looked for
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text whose control characters are seen: names of files may hold any. JSON stays valid. */
export function visible(text: string): string {
  return text.replace(obeyed, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Lets nothing that is printed give orders to the terminal. A progress line writes past the console. */
export function guardConsole(): void {
  for (const method of ['log', 'error', 'warn'] as const) {
    const print = console[method].bind(console);
    console[method] = (...values: unknown[]) =>
      print(...values.map((value) => (typeof value === 'string' ? visible(value) : value)));
  }
}
