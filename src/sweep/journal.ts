import { join } from 'node:path';
import { z } from 'zod';
import type { DrawOutcome } from '../draws/outcome.ts';
import { StudyError } from '../errors.ts';
import { machineSchema } from '../jobs/machine.ts';
import { roundingProbe } from '../linalg/probe.ts';
import { drawCodeHash } from '../provenance/code-hash.ts';
import { openSealedJournal } from '../provenance/sealed-journal.ts';
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
  { sweep, numbers }: JournalIdentity,
  restart: boolean,
): Promise<Journal> {
  const journal = await openSealedJournal(join(folder, NAME), {
    header: {
      format: 'fid-study draws 2',
      sweep,
      numbers,
      code: drawCodeHash(),
      probe: await roundingProbe(),
    },
    lock: {
      what: `${folder} is being drawn into`,
      hint: 'wait for it, or give another --out',
    },
    isWorth: isFinished,
    isSetAside(header) {
      if (header.sweep === sweep || restart) return header.sweep === sweep;
      throw new StudyError(
        `${folder} holds the draws of another sweep`,
        'give another --out, or --restart to discard them',
      );
    },
  });
  const draws = journal.values as readonly DrawOutcome[];
  const done = new Map(draws.map((draw) => [drawName(draw), draw]));
  return {
    done,
    setAside: journal.setAside,
    damaged: journal.damaged,
    async add(outcome) {
      done.set(drawName(outcome), outcome);
      await journal.append(outcome);
    },
    close: journal.close,
  };
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

const metricSchema = z.object({
  value: z.number().nullable(),
  seconds: z.number().nonnegative().nullable(),
  error: z.string().nullable(),
});

const drawSchema = z.object({
  seed: z.int(),
  size: z.int().positive(),
  seconds: z.number().nonnegative(),
  machine: machineSchema.optional(),
  metrics: z.record(z.string(), metricSchema).optional(),
});

/** A metric that failed is tried again too. */
const finishedSchema = drawSchema.extend({
  terms: termsSchema,
  error: z.null(),
  metrics: z
    .record(z.string(), metricSchema.extend({ value: z.number(), error: z.null() }))
    .optional(),
});

/** The outcome of a draw. One that failed has no terms: a journal tries it again. */
export const outcomeSchema = z.union([
  drawSchema.extend({ terms: termsSchema, error: z.null() }),
  drawSchema.extend({ terms: z.null(), error: z.string() }),
]);

/** Whether a value is a finished draw, whose terms add up. */
export function isFinished(value: unknown): boolean {
  return finishedSchema.safeParse(value).success;
}
