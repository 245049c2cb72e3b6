import type { NumberField } from '../mutate.ts';

/** A parser of ours, and what is known of what it may accept. */
export interface Parser<Value = unknown> {
  readonly name: string;
  /** Inputs, in thousands: in CI and in the long form. */
  readonly thousands: readonly [short: number, long: number];
  /** Whole files. */
  readonly files: readonly Buffer[];
  /** Where in a file the counts, sizes and offsets lie. */
  readonly numbers?: (file: Buffer) => readonly NumberField[];
  /** Texts that are put in. */
  readonly words?: readonly string[];
  read(bytes: Buffer): Value | Promise<Value>;
  /**
   * Checks an accepted value by other means. `original` is what the whole file gives.
   * @returns what is wrong; undefined where nothing is
   */
  wrong(value: Value, bytes: Buffer, original: Value): string | undefined;
}

/** So that a list may hold parsers of different values. */
export function parser<Value>(of: Parser<Value>): Parser {
  return of as Parser;
}
