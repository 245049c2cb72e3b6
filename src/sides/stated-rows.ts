import { StudyError } from '../errors.ts';
import type { Side } from './side.ts';

/**
 * The number of images behind a side: its own, or the one that a flag gives.
 *
 * @returns null if neither is known
 * @throws StudyError if the flag contradicts the side
 */
export function statedRows(
  { rows, path }: Side,
  given: number | undefined,
  flag: string,
): number | null {
  if (rows !== null && given !== undefined && given !== rows) {
    throw new StudyError(
      `${flag} ${given}, but ${path} has ${rows} images`,
      `leave ${flag} out: it is for statistics that do not state their number of images`,
    );
  }
  return rows ?? given ?? null;
}
