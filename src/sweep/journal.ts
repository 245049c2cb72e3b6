import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { diskError, writeAtomically } from '../arrays/disk.ts';
import type { DrawOutcome } from '../draws/outcome.ts';
import { errorCode, StudyError } from '../errors.ts';
import { roundingProbe } from '../linalg/probe.ts';
import { drawCodeHash } from '../provenance/code-hash.ts';
import { takeLock } from '../provenance/lock.ts';
import { openLine, sealLine } from '../provenance/sealed-lines.ts';
import { drawName } from './design.ts';

/** Finished draws, one sealed line each, kept so that an interrupted sweep goes on. */
export interface Journal {
  readonly done: Map<string, DrawOutcome>;
  /** Where the draws of other code, or of other rounding, are now, if there were any. */
  readonly setAside: string | null;
  /** Lines that were changed on disk: their draws are made again. */
  readonly damaged: number;
  add(outcome: DrawOutcome): Promise<void>;
  close(): Promise<void>;
}

const NAME = 'draws.jsonl';

/** What decides the numbers in a journal. */
export interface JournalIdentity {
  /** Hash of the settings and inputs: a folder has the draws of one sweep. */
  readonly sweep: string;
  /** Hash of the numbers that draws start from; see `hashOfSpec`. */
  readonly numbers: string;
}

/**
 * Opens the journal of a sweep's folder. Its first line names the sweep by the hash of everything
 * that decides a draw's value, seeds aside: a sweep can be given more seeds later. Draws of other
 * code, or of a machine that rounds otherwise, are set aside and made again: they would not be this
 * one's numbers. They are taken up again where the same code and rounding come back. The folder is
 * locked until the journal is closed: of two processes each would lose draws of the other.
 *
 * @param restart discards the draws of another sweep instead of refusing the folder
 * @throws StudyError if the folder holds another sweep, is drawn into by another process, or cannot
 * be written
 */
export async function openJournal(
  folder: string,
  identity: JournalIdentity,
  restart: boolean,
): Promise<Journal> {
  const path = join(folder, NAME);
  const { sweep, numbers } = identity;
  const header = JSON.stringify({
    format: 'fid-study draws 2',
    sweep,
    numbers,
    code: drawCodeHash(),
    probe: await roundingProbe(),
  });
  const lock = await takeLock(`${path}.lock`, {
    what: `${folder} is being drawn into`,
    hint: 'wait for it, or give another --out',
  });
  try {
    const kept = await readDraws(folder, sweep, header, restart);
    const file = await open(path, 'a');
    return {
      ...kept,
      async add(outcome) {
        kept.done.set(drawName(outcome), outcome);
        try {
          await lock.check();
          await file.appendFile(`${sealLine(outcome, header)}\n`);
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
  sweep: string,
  header: string,
  restart: boolean,
): Promise<Pick<Journal, 'done' | 'setAside' | 'damaged'>> {
  const path = join(folder, NAME);
  const found = await readLines(path);
  if (found && sweepOf(found[0]) !== sweep && !restart) {
    throw new StudyError(
      `${folder} holds the draws of another sweep`,
      'give another --out, or --restart to discard them',
    );
  }
  const setAside = await setDrawsAside(path, found, sweep, header);
  const own = found?.[0] === header ? found : await readLines(asidePath(path, header));
  const lines = own?.[0] === header ? own.slice(1) : [];
  const read = lines.map((line) => parseLine(line, header));
  const outcomes = read.flatMap((outcome) => (outcome?.terms ? [outcome] : []));
  // What follows the last line's end is empty, or torn by a crash.
  const damaged = read.slice(0, -1).filter((outcome) => !outcome).length;
  const text = [header, ...outcomes.map((outcome) => sealLine(outcome, header)), ''].join('\n');
  await writeAtomically(path, (file) => file.writeFile(text));
  await rm(asidePath(path, header), { force: true });
  const done = new Map(outcomes.map((outcome) => [drawName(outcome), outcome]));
  return { done, setAside, damaged };
}

/** Hours of draws of the same sweep are not thrown away because a line of code was changed. */
async function setDrawsAside(
  path: string,
  lines: readonly string[] | null,
  sweep: string,
  header: string,
): Promise<string | null> {
  const first = lines?.[0];
  if (!lines || first === header || sweepOf(first) !== sweep) return null;
  if (!lines.slice(1).some((line) => line !== '')) return null;
  const aside = asidePath(path, first!);
  await rename(path, aside);
  return aside;
}

function asidePath(path: string, header: string): string {
  const hash = createHash('sha256').update(header).digest('hex');
  return path.replace(/\.jsonl$/, `-${hash.slice(0, 8)}.jsonl`);
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

const termsSchema = z
  .object({
    distance: z.number(),
    meanTerm: z.number(),
    traceReference: z.number(),
    traceGenerated: z.number(),
    traceSqrt: z.number(),
  })
  .refine(({ distance, meanTerm, traceReference, traceGenerated, traceSqrt }) => {
    const sum = meanTerm + traceReference + traceGenerated - 2 * traceSqrt;
    const size = Math.abs(meanTerm) + Math.abs(traceReference) + Math.abs(traceGenerated);
    return Math.abs(distance - sum) <= 1e-12 * size;
  });

const outcomeSchema = z.object({
  seed: z.int(),
  size: z.int().positive(),
  terms: termsSchema.nullable(),
  seconds: z.number().nonnegative(),
  error: z.string().nullable(),
});

/**
 * The draw of a line under some header; undefined for one that is torn or changed. A draw that failed
 * has no terms: it is tried again.
 */
export function parseLine(line: string, header: string): DrawOutcome | undefined {
  const value = openLine(line, header);
  // As it is, in the order of its names: it is sealed again to the same line.
  return outcomeSchema.safeParse(value).success ? (value as DrawOutcome) : undefined;
}
