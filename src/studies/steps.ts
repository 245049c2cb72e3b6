import { join } from 'node:path';
import { z } from 'zod';
import { sha256Of } from '../arrays/sha256.ts';
import { functionsProbe, roundingProbe } from '../linalg/probe.ts';
import { codeHash } from '../provenance/code-hash.ts';
import { environment } from '../provenance/environment.ts';
import { openSealedJournal, type SealedJournal } from '../provenance/sealed-journal.ts';

/** Finished parts of a study: an interrupted study continues after the last one. */
export interface Steps {
  /**
   * The value of a step: computed now, or kept from an earlier run.
   *
   * @param key everything that determines the value, inputs by their hash; as JSON it names the step
   * @param compute gives a value that JSON can hold without loss
   */
  do<Value>(key: unknown, compute: () => Promise<Value>): Promise<Value>;
}

/** Steps that nobody else takes until they are closed. */
export interface OpenSteps extends Steps {
  close(): Promise<void>;
}

const NAME = 'steps.jsonl';

const stepSchema = z.object({ step: z.string(), value: z.unknown() });
type Step = z.infer<typeof stepSchema>;

/**
 * The steps kept in a folder, which is locked from the first step on: of two processes each would
 * lose steps of the other. Steps of other code, of other libraries or of a machine that rounds
 * otherwise are left out, and so is a line that is torn or changed.
 *
 * @param restart forgets them all
 * @throws StudyError where the folder cannot be written, or another process has its steps
 */
export function openSteps(folder: string, restart = false): OpenSteps {
  let opened: Promise<Opened> | undefined;
  return {
    async do(key, compute) {
      opened ??= open(folder, restart);
      const { done, journal } = await opened;
      const step = sha256Of(JSON.stringify(key));
      // The key determines the value, so that its type is the one that was written.
      if (done.has(step)) return done.get(step) as Awaited<ReturnType<typeof compute>>;
      const value = await compute();
      done.set(step, value);
      await journal.append({ step, value });
      return value;
    },
    async close() {
      const found = await opened?.catch(() => undefined);
      await found?.journal.close();
    },
  };
}

interface Opened {
  readonly done: Map<string, unknown>;
  readonly journal: SealedJournal;
}

async function open(folder: string, restart: boolean): Promise<Opened> {
  const made = { code: codeHash(), libraries: environment().libraries };
  const journal = await openSealedJournal(join(folder, NAME), {
    header: {
      format: 'fid-study steps 3',
      ...made,
      probe: await roundingProbe(),
      functions: functionsProbe(),
    },
    lock: { what: `a study is being run in ${folder}`, hint: 'wait for it, or give another --out' },
    isWorth: (value) => !restart && stepSchema.safeParse(value).success,
    // Of the same code on another machine, which may come back.
    isSetAside: ({ code, libraries }) =>
      !restart && JSON.stringify({ code, libraries }) === JSON.stringify(made),
  });
  const steps = journal.values as readonly Step[];
  return { done: new Map(steps.map(({ step, value }) => [step, value])), journal };
}
