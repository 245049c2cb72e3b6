import { StudyError } from '../errors.ts';
import type { Side } from './side.ts';

/**
 * How many images a side is of: what it says itself, or else what a flag says.
 *
 * @returns null where neither does
 * @throws StudyError where a set of known size is given another one
 */
export function statedRows(
  { rows, path }: Side,
  given: number | undefined,
  flag: string,
): number | null {
  if (rows !== null && given !== undefined && given !== rows) {
    throw new StudyError(
      `${flag} ${given}, but ${path} has ${rows} images`,
      `leave ${flag} out: it is for statistics`,
    );
  }
  return rows ?? given ?? null;
}
