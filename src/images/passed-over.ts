import { extname } from 'node:path';
import { isHiddenName } from './names.ts';
import type { ImageSource, PassedOver } from './source.ts';

/** Kinds that are told apart; a folder of a user's may have thousands. */
const mostKinds = 8;

/** The files that are not taken, by kind, those of most files first; nothing where all are taken. */
export function passedOver(
  files: readonly string[],
  isTaken: (name: string) => boolean,
): Pick<ImageSource, 'passedOver'> {
  const counts = new Map<string, number>();
  for (const name of files) {
    if (isTaken(name)) continue;
    const kind = kindOf(name);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  if (counts.size === 0) return {};
  const kinds = [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
  const rest = kinds.slice(mostKinds).reduce((sum, { count }) => sum + count, 0);
  const others = rest > 0 ? [{ kind: 'others', count: rest }] : [];
  return { passedOver: [...kinds.slice(0, mostKinds), ...others] };
}

function kindOf(name: string): string {
  if (isHiddenName(name)) return 'hidden';
  const extension = extname(name).toLowerCase();
  // What is no word after the last dot is a part of the name.
  return /^\.[a-z0-9]{1,8}$/.test(extension) ? extension : 'no extension';
}

/** A note on files of other kinds in a set's folder; no note if there are none. */
export function passedOverNotes({ path, passedOver: kinds }: ImageSource): string[] {
  if (!kinds) return [];
  return [`files of other kinds in ${path} were left out: ${passedOverInWords(kinds)}`];
}

/** `2 .avif, 1 .db, 1 hidden`. */
export function passedOverInWords(kinds: readonly PassedOver[]): string {
  return kinds.map(({ kind, count }) => `${count} ${kind}`).join(', ');
}
