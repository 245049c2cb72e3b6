import { extname } from 'node:path';
import { isHiddenName } from './names.ts';
import type { ImageSource, PassedOver } from './source.ts';

/** Kinds that are told apart; a folder of a user's may have thousands. */
const mostKinds = 8;

/** Counts the files that are not taken, by kind. */
export class OtherFiles {
  readonly #counts: Map<string, number>;

  /** @param counted others, to which more are added */
  constructor(counted: readonly PassedOver[] = []) {
    this.#counts = new Map(counted.map(({ kind, count }) => [kind, count]));
  }

  add(name: string): void {
    const kind = kindOf(name);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Those of most files first; nothing where all are taken. */
  result(): Pick<ImageSource, 'passedOver'> {
    if (this.#counts.size === 0) return {};
    const kinds = [...this.#counts]
      .map(([kind, count]) => ({ kind, count }))
      .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
    const rest = kinds.slice(mostKinds).reduce((sum, { count }) => sum + count, 0);
    const others = rest > 0 ? [{ kind: 'others', count: rest }] : [];
    return { passedOver: [...kinds.slice(0, mostKinds), ...others] };
  }
}

/** The files that are not taken, by kind. */
export function passedOver(
  files: readonly string[],
  isTaken: (name: string) => boolean,
): Pick<ImageSource, 'passedOver'> {
  const others = new OtherFiles();
  for (const name of files) {
    if (!isTaken(name)) others.add(name);
  }
  return others.result();
}

function kindOf(name: string): string {
  if (isHiddenName(name)) return 'hidden';
  const extension = extname(name).toLowerCase();
  // What is no word after the last dot is a part of the name.
  return /^\.[a-z0-9]{1,8}$/.test(extension) ? extension : 'no extension';
}

/** A note on files of other kinds in a set's folder; no note if there are none. */
export function passedOverNotes({ path, passedOver: kinds }: ImageSource): string[] {
  return kinds ? [passedOverNote(path, kinds)] : [];
}

/** The same by what a manifest says of a set. */
export function passedOverNote(path: string, kinds: readonly PassedOver[]): string {
  return `files of other kinds in ${path} were left out: ${passedOverInWords(kinds)}`;
}

/** `2 .avif, 1 .db, 1 hidden`. */
export function passedOverInWords(kinds: readonly PassedOver[]): string {
  return kinds.map(({ kind, count }) => `${count} ${kind}`).join(', ');
}
