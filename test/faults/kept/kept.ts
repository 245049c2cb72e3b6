/** What came of a file with a changed bit; anything else is a fault, in words. */
export type Verdict = 'same' | 'done again' | { readonly fault: string };

/** Files that the package writes and reads again. */
export interface Kept {
  readonly name: string;
  /** Flips in CI and in the long form. */
  readonly flips: readonly [short: number, long: number];
  /** Paths; all are as they were before each flip. */
  readonly files: readonly string[];
  /** Reads them as a command does, and compares with what was written. A StudyError refuses them. */
  read(): Promise<Verdict>;
}

/** 'same' where nothing is wrong with what was read, or missing in it. */
export function verdict(isSame: boolean, isWhole: boolean, what: string): Verdict {
  if (!isSame) return { fault: what };
  return isWhole ? 'same' : 'done again';
}
