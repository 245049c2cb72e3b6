import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { errorCode, StudyError } from '../errors.ts';
import { drawName } from './design.ts';
import type { DrawOutcome } from './draw.ts';

/** Finished draws, one JSON line each, kept so that an interrupted sweep goes on. */
export interface Journal {
  readonly done: Map<string, DrawOutcome>;
  add(outcome: DrawOutcome): Promise<void>;
  close(): Promise<void>;
}

const NAME = 'draws.jsonl';

/**
 * Opens the journal of a sweep's folder. Its first line names the sweep by the hash of everything
 * that decides a draw's value, seeds aside: a sweep can be given more seeds later.
 *
 * @param identity hash of the settings, inputs and code that decide the numbers
 * @param restart discards the draws of another sweep instead of refusing the folder
 * @throws StudyError if the folder holds another sweep, or cannot be written
 */
export async function openJournal(
  folder: string,
  identity: string,
  restart: boolean,
): Promise<Journal> {
  const path = join(folder, NAME);
  const header = JSON.stringify({ sweep: identity });
  try {
    await mkdir(folder, { recursive: true });
    const lines = await readLines(path);
    if (lines && lines[0] !== header && !restart) {
      throw new StudyError(
        `${folder} holds the draws of another sweep`,
        'give another --out, or --restart to discard them',
      );
    }
    const outcomes = lines?.[0] === header ? lines.slice(1).flatMap(parseLine) : [];
    // Written anew without what a crash left torn, so that new lines start on a line of their own.
    const text = [header, ...outcomes.map((outcome) => JSON.stringify(outcome)), ''].join('\n');
    await writeFile(`${path}.tmp`, text);
    await rename(`${path}.tmp`, path);
    const file = await open(path, 'a');
    const done = new Map(outcomes.map((outcome) => [drawName(outcome), outcome]));
    return {
      done,
      async add(outcome) {
        done.set(drawName(outcome), outcome);
        try {
          await file.appendFile(`${JSON.stringify(outcome)}\n`);
        } catch (error) {
          throw diskError(error, path);
        }
      },
      close: () => file.close(),
    };
  } catch (error) {
    throw diskError(error, path);
  }
}

async function readLines(path: string): Promise<string[] | null> {
  try {
    return (await readFile(path, 'utf8')).split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
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
