import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { readText } from '../arrays/regular-file.ts';
import { type Words, wordsOf } from '../charts/report/words.ts';
import { manifestName } from '../provenance/manifest.ts';
import { holdingOf } from '../provenance/out-folder.ts';

/** A result in the list, or a run under way. */
export interface Listed extends Pick<Words, 'title' | 'answer'> {
  /** Its folder below the root, with `/`. */
  readonly path: string;
  /** `a sweep`, `a jitter study`, … */
  readonly kind: string;
  /** Whether it has a manifest; if not, its draws can be followed. */
  readonly isFinished: boolean;
  /** N, in words: `5,000 to 50,000`. */
  readonly sizes: string;
  readonly reference: string;
  /** When its newest file was written, ISO. */
  readonly date: string;
  readonly machine: string;
}

/** Folders below folders that are looked into. */
const DEEPEST = 3;
/** Results that a list holds. */
const MOST = 1000;
/** Larger manifests are not ours. */
const LONGEST_MANIFEST = 2 ** 24;

export type Manifest = Readonly<Record<string, unknown>>;

/**
 * The results below a folder, the newest first. Links that leave the folder are not followed, and what is
 * not ours is passed over.
 */
export async function resultsBelow(root: string): Promise<Listed[]> {
  const found: Listed[] = [];
  const real = await realpath(root);
  const look = async (folder: string, depth: number): Promise<void> => {
    if (found.length >= MOST) return;
    const own = await listed(folder, relative(real, folder).split(sep).join('/'));
    if (own) found.push(own);
    if (depth === DEEPEST) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      // A directory entry that is a link is no directory.
      if (entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name)) {
        await look(join(folder, entry.name), depth + 1);
      }
    }
  };
  await look(real, 0);
  return found.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
}

async function listed(folder: string, path: string): Promise<Listed | undefined> {
  const held = await holdingOf(folder).catch(() => undefined);
  // Features are inputs, not results.
  if (!held?.kind || held.kind === 'embeddings') return undefined;
  const manifest = await manifestIn(folder);
  const words = manifest && wordsOf(manifest);
  return {
    path,
    kind: held.words,
    isFinished: manifest !== undefined,
    title: words?.title ?? path,
    answer: words?.answer ?? [],
    sizes: manifest ? sizesOf(manifest) : '',
    reference: manifest ? referenceOf(manifest) : '',
    date: await newestIn(folder),
    machine: String(Object(Object(manifest).environment).cpu ?? ''),
  };
}

/** The manifest of a folder; undefined if there is none that can be read. */
export async function manifestIn(folder: string): Promise<Manifest | undefined> {
  try {
    const json: unknown = JSON.parse(await readText(join(folder, manifestName), LONGEST_MANIFEST));
    return typeof json === 'object' && json !== null ? (json as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function sizesOf({ settings, num_gen, reported }: Manifest): string {
  const sizes = Object(settings).sizes ?? num_gen ?? Object(reported).num_gen;
  const numbers = [sizes].flat().filter((size) => typeof size === 'number');
  if (numbers.length === 0) return '';
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const shown = (n: number) => n.toLocaleString('en');
  return low === high ? shown(low) : `${shown(low)} to ${shown(high)}`;
}

function referenceOf({ facts, reference }: Manifest): string {
  const fact = (Array.isArray(facts) ? facts : []).find((each) => {
    return Object(each).label === 'reference';
  });
  return String(Object(fact).value ?? Object(reference).path ?? '');
}

async function newestIn(folder: string): Promise<string> {
  let newest = 0;
  for (const name of [manifestName, 'draws.jsonl', 'steps.jsonl']) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    newest = Math.max(newest, found?.mtimeMs ?? 0);
  }
  return new Date(newest).toISOString();
}
