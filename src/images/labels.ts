/** The class of each image, where the set itself says so. */
export interface ImageLabels {
  /** Where they are from, in words: `the .cls members`. */
  readonly from: string;
  readonly classes: readonly string[];
  /** Of each image, a position in `classes`; -1 where it has none. */
  readonly codes: Int32Array;
}

/** Numbers for classes, by name, in the order in which they come. */
export class Classes {
  readonly names: string[] = [];
  readonly #codes = new Map<string, number>();

  codeOf(name: string): number {
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    this.#codes.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** Classes by the folder that an image is in; null if one is in none, or all are in one. */
export function labelsOfFolders(names: readonly string[]): ImageLabels | null {
  const classes = new Classes();
  const codes = new Int32Array(names.length);
  for (const [i, name] of names.entries()) {
    const end = name.lastIndexOf('/');
    if (end < 0) return null;
    codes[i] = classes.codeOf(name.slice(name.lastIndexOf('/', end - 1) + 1, end));
  }
  if (classes.names.length < 2) return null;
  return { from: 'the folders', classes: classes.names, codes };
}
