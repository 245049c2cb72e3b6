import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { readText } from '../arrays/regular-file.ts';
import { errorCode, StudyError } from '../errors.ts';
import { manifestName } from './manifest.ts';

/** What commands leave in a folder, by the word in its manifest's format, and what to call it. */
const kinds = {
  embeddings: 'features of study extract',
  moments: 'statistics of study extract',
  sweep: 'a sweep',
  study: 'a study',
  estimate: 'an estimate',
  comparison: 'a comparison',
  plan: 'a plan',
  correction: 'a conversion',
} as const;
export type FolderKind = keyof typeof kinds;

/** What a folder holds. */
export interface Holding {
  /** Undefined for what is not ours. */
  readonly kind: FolderKind | undefined;
  /** In words: `a sweep`. */
  readonly words: string;
  /** Of a study: its kind, such as `jitter`. */
  readonly study?: string | undefined;
}

/**
 * What a folder holds, from its manifest or from the journal of an interrupted run; undefined if it has
 * neither.
 */
export async function holdingOf(folder: string): Promise<Holding | undefined> {
  const path = join(folder, manifestName);
  const text = await readText(path).catch((error) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw diskError(error, path);
  });
  if (text !== undefined) return holdingBy(text);
  if (existsSync(join(folder, 'draws.jsonl'))) return holding('sweep');
  if (existsSync(join(folder, 'steps.jsonl'))) return holding('study');
  return undefined;
}

/**
 * Refuses to overwrite what another command wrote.
 *
 * @param study for a study's folder: its kind
 * @throws StudyError naming what the folder holds
 */
export async function requireOutFolder(
  folder: string,
  kind: FolderKind,
  study?: string,
): Promise<void> {
  const found = await holdingOf(folder);
  if (!found) return;
  const isOther = found.study !== undefined && study !== undefined && found.study !== study;
  if (found.kind !== kind || isOther) throw wouldWriteOver(folder, found);
}

/** The same for a folder that must hold no results. */
export async function requireFree(folder: string): Promise<void> {
  const found = await holdingOf(folder);
  if (found) throw wouldWriteOver(folder, found);
}

function wouldWriteOver(folder: string, { words }: Holding): StudyError {
  return new StudyError(
    `${folder} holds ${words}, which would be overwritten`,
    'give another --out, or delete the folder',
  );
}

function holdingBy(text: string): Holding {
  let json: Readonly<Record<string, unknown>>;
  try {
    json = Object(JSON.parse(text));
  } catch {
    return foreign;
  }
  // An object may have a toString that is no function.
  const format = typeof json.format === 'string' ? json.format : '';
  const word = /^fid-study (\w+) /.exec(format)?.[1];
  const kind = word === undefined ? withoutFormat(json) : word;
  if (kind === undefined || !Object.hasOwn(kinds, kind)) return foreign;
  return holding(kind as FolderKind, typeof json.study === 'string' ? json.study : undefined);
}

const foreign: Holding = { kind: undefined, words: `a ${manifestName} of another program` };

function holding(kind: FolderKind, study?: string): Holding {
  if (kind !== 'study' || study === undefined) return { kind, words: kinds[kind] };
  return { kind, words: `a ${study} study`, study };
}

/** Estimates and comparisons of earlier versions do not state their kind. */
function withoutFormat(json: Readonly<Record<string, unknown>>): FolderKind | undefined {
  if (json.format !== undefined) return undefined;
  if ('fid_infinity' in json && 'plug_in' in json) return 'estimate';
  if ('ranking' in json && 'pairs' in json) return 'comparison';
  return undefined;
}
