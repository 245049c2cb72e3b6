import { StudyError } from '../errors.ts';
import { shownName } from './entries.ts';
import type { OneKind } from './side-kind.ts';

/**
 * Refuses a name of `--entry` that chose nothing: a misspelt one would go unnoticed.
 *
 * @param kinds all sides that the names apply to
 * @throws StudyError that lists what there is to choose from
 */
export function requireEntries(kinds: readonly OneKind[], wanted: readonly string[]): void {
  const unused = wanted.find((name) => !kinds.some(({ entry }) => entry === name));
  if (unused === undefined) return;
  const held = kinds.flatMap(({ path, entries = [] }) =>
    entries.length > 0 ? [`${path} holds ${entries.slice(0, 12).map(shownName).join(', ')}`] : [],
  );
  throw new StudyError(
    `no set is called ${shownName(unused)} (--entry)`,
    held.length > 0
      ? [...new Set(held)].join('; ')
      : 'leave it out: no file here holds several sets',
  );
}
