import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError, writeAtomically } from '../arrays/disk.ts';
import { sha256Of } from '../arrays/sha256.ts';
import type { DrawOutcome } from '../draws/outcome.ts';
import { errorCode, StudyError } from '../errors.ts';
import { drawCodeHash } from '../provenance/code-hash.ts';
import { takeLock } from '../provenance/lock.ts';
import { drawName } from './design.ts';

/** Finished draws, one JSON line each, kept so that an interrupted sweep goes on. */
export interface Journal {
  readonly done: Map<string, DrawOutcome>;
  /** Where the draws of other code are now, if there were any. */
  readonly setAside: string | null;
  add(outcome: DrawOutcome): Promise<void>;
  close(): Promise<void>;
}

const NAME = 'draws.jsonl';

/**
 * Opens the journal of a sweep's folder. Its first line names the sweep by the hash of everything
 * that decides a draw's value, seeds aside: a sweep can be given more seeds later. Draws of other
 * code are set aside and made anew: they would not be this code's numbers. The folder is locked until
 * the journal is closed: of two processes each would lose draws of the other.
 *
 * @param identity hash of the settings and inputs that decide the numbers
 * @param restart discards the draws of another sweep instead of refusing the folder
 * @throws StudyError if the folder holds another sweep, is drawn into by another process, or cannot
 * be written
 */
export async function openJournal(
  folder: string,
  identity: string,
  restart: boolean,
): Promise<Journal> {
  const path = join(folder, NAME);
  const lock = await takeLock(`${path}.lock`, {
    what: `${folder} is being drawn into`,
    hint: 'wait for it, or give another --out',
  });
  try {
    const { done, setAside } = await readDraws(folder, identity, restart);
    const file = await open(path, 'a');
    return {
      done,
      setAside,
      async add(outcome) {
        done.set(drawName(outcome), outcome);
        try {
          await lock.check();
          await file.appendFile(`${JSON.stringify(outcome)}\n`);
        } catch (error) {
          throw diskError(error, path);
        }
      },
      close: () => file.close().finally(lock.release),
    };
  } catch (error) {
    await lock.release();
    throw diskError(error, path);
  }
}

/** Draws that were finished before. The file is written anew without what a crash left torn, so that
 * new lines start on a line of their own. */
async function readDraws(
  folder: string,
  identity: string,
  restart: boolean,
): Promise<Pick<Journal, 'done' | 'setAside'>> {
  const path = join(folder, NAME);
  const header = JSON.stringify({ sweep: identity, code: drawCodeHash() });
  const lines = await readLines(path);
  if (lines && sweepOf(lines[0]) !== identity && !restart) {
    throw new StudyError(
      `${folder} holds the draws of another sweep`,
      'give another --out, or --restart to discard them',
    );
  }
  const setAside = await setDrawsAside(path, lines, identity, header);
  const outcomes = lines?.[0] === header ? lines.slice(1).flatMap(parseLine) : [];
  const text = [header, ...outcomes.map((outcome) => JSON.stringify(outcome)), ''].join('\n');
  await writeAtomically(path, (file) => file.writeFile(text));
  return { done: new Map(outcomes.map((outcome) => [drawName(outcome), outcome])), setAside };
}

/** Hours of draws of the same sweep are not thrown away because a line of code was changed. */
async function setDrawsAside(
  path: string,
  lines: readonly string[] | null,
  identity: string,
  header: string,
): Promise<string | null> {
  const first = lines?.[0];
  if (!lines || first === header || sweepOf(first) !== identity) return null;
  if (lines.slice(1).flatMap(parseLine).length === 0) return null;
  const aside = path.replace(/\.jsonl$/, `-${sha256Of(first!).slice(0, 8)}.jsonl`);
  await rename(path, aside);
  return aside;
}

async function readLines(path: string): Promise<string[] | null> {
  try {
    return (await readFile(path, 'utf8')).split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function sweepOf(header = ''): unknown {
  try {
    return Object(JSON.parse(header)).sweep;
  } catch {
    return undefined;
  }
}

/** A line that a crash tore, or a draw that failed and is worth another try, is left out. */
function parseLine(line: string): DrawOutcome[] {
  try {
    const outcome = JSON.parse(line) as DrawOutcome;
    return Number.isFinite(outcome.terms?.distance) ? [outcome] : [];
  } catch {
    return [];
  }
}
