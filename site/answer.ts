import type { ChartSpec } from '../src/charts/spec.ts';
import { StudyError } from '../src/errors.ts';
import { parseCount } from '../src/tables/count-text.ts';
import type { TextTable } from '../src/tables/text-table.ts';

/** What a section says, from top to bottom. */
export interface Answer {
  /** The first is the answer. */
  readonly lines: readonly string[];
  readonly notes?: readonly string[];
  /** Sources and arithmetic. */
  readonly why?: readonly string[];
  readonly table?: TextTable;
  readonly chart?: ChartSpec;
  /** The command that prints the same. */
  readonly command?: string;
}

/** What a form holds, by name; an empty field is not there. */
export type Values = Readonly<Record<string, string>>;

/** @throws StudyError naming the field */
export function numberOf(values: Values, name: string, label: string): number {
  const value = Number(values[name]);
  if (values[name] !== undefined && Number.isFinite(value)) return value;
  throw new StudyError(`${label} is not a number: ${values[name] ?? 'empty'}`, 'such as 9.75');
}

/** A number of images of 2 or more; `inf` where it is allowed. @throws StudyError naming the field */
export function sizeOf(values: Values, name: string, label: string, isInfinite = false): number {
  const text = values[name] ?? '';
  if (isInfinite && /^(inf|infinity|∞)$/i.test(text)) return Number.POSITIVE_INFINITY;
  const value = parseCount(text);
  if (value !== undefined && value >= 2) return value;
  throw new StudyError(
    `${label} is not a number of images: ${text || 'empty'}`,
    `such as 5000, 50k${isInfinite ? ' or inf' : ''}`,
  );
}

/** A size that may be left out. */
export function optionalSize(values: Values, name: string, label: string): number | null {
  return values[name] === undefined ? null : sizeOf(values, name, label, true);
}
