import { join } from 'node:path';
import { z } from 'zod';
import { sha256Of } from '../arrays/sha256.ts';
import { distinctMachines, type Machine, machineSchema } from '../jobs/machine.ts';
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
  /**
   * The values of steps of which none needs another's, in their order: they may be computed at once, on
   * several cores or machines. In an array job these are the units; what `do` computes is left to the
   * command that gathers.
   *
   * @param onStep called with the number of steps that are done, as it grows
   */
  all<Value>(steps: readonly Step<Value>[], onStep?: (done: number) => void): Promise<Value[]>;
  /** Machines that made steps for this one. */
  machines(): readonly Machine[];
}

/** One step; see `Steps.do`. */
export interface Step<Value> {
  readonly key: unknown;
  compute(): Promise<Value>;
}

/**
 * The value of a step that a machine refused: with a compiler or a device the next run may have it, so that
 * it is not kept.
 */
export interface Refusal {
  readonly refusal: string;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refusal' in value;
}

/** Computes steps somewhere else, by running the study there again. */
export interface StepsElsewhere {
  /** Milliseconds for which steps are computed here before any are given away. */
  readonly patience: number;
  /**
   * Has some steps computed. Those that it leaves out are computed here, one after another.
   *
   * @param names of steps that do not need each other; maybe none
   * @param keep takes each value as it comes
   * @throws Unfinished where steps are to be made by an array job
   */
  compute(names: readonly string[], keep: KeepStep): Promise<void>;
}

/** Keeps the value of a step, and names the machine that made it, if it was another process. */
export type KeepStep = (name: string, value: unknown, machine?: Machine) => Promise<void>;

/** Steps that nobody else takes until they are closed. */
export interface OpenSteps extends Steps {
  /** Whether a step is done. */
  has(key: unknown): Promise<boolean>;
  close(): Promise<void>;
}

const NAME = 'steps.jsonl';

const stepSchema = z.object({
  step: z.string(),
  value: z.unknown(),
  machine: machineSchema.optional(),
});
type Kept = z.infer<typeof stepSchema>;

/** The name of a step: the hash of its key. */
export function stepName(key: unknown): string {
  return sha256Of(JSON.stringify(key));
}

/**
 * The steps kept in a folder, which is locked from the first step on: of two processes each would
 * lose steps of the other. Steps of other code, of other libraries or of a machine that rounds
 * otherwise are left out, and so is a line that is torn or changed.
 *
 * @param restart forgets them all
 * @param elsewhere computes steps that do not need each other
 * @throws StudyError where the folder cannot be written, or another process has its steps
 */
export function openSteps(folder: string, restart = false, elsewhere?: StepsElsewhere): OpenSteps {
  let opened: Promise<Opened> | undefined;
  const machines = new Map<string, Machine | undefined>();
  const known = () => {
    opened ??= open(folder, restart, machines);
    return opened;
  };
  const keep: KeepStep = async (step, value, machine) => {
    const { done, journal } = await known();
    if (done.has(step)) return;
    done.set(step, value);
    machines.set(step, machine);
    if (!isRefusal(value)) await journal.append({ step, value, ...(machine && { machine }) });
  };

  async function values<Value>(
    steps: readonly Step<Value>[],
    onStep?: (done: number) => void,
    others?: StepsElsewhere,
  ): Promise<Value[]> {
    const { done } = await known();
    const names = steps.map(({ key }) => stepName(key));
    const start = performance.now();
    const left = () => [...new Set(names)].filter((name) => !done.has(name));
    const report = () => onStep?.(names.filter((name) => done.has(name)).length);
    report();
    let isAsked = others === undefined;
    for (const [i, { compute }] of steps.entries()) {
      if (!isAsked && performance.now() - start >= others!.patience) {
        isAsked = true;
        await others!.compute(left(), async (...kept) => {
          await keep(...kept);
          report();
        });
      }
      if (done.has(names[i]!)) continue;
      await keep(names[i]!, await compute());
      report();
    }
    // The key determines the value, so that its type is the one that was written.
    return names.map((name) => done.get(name) as Value);
  }

  return {
    async do<Value>(key: unknown, compute: () => Promise<Value>) {
      const [value] = await values([{ key, compute }]);
      return value as Value;
    },
    all: (steps, onStep) => values(steps, onStep, elsewhere),
    machines: () => distinctMachines([...machines.values()].flatMap((each) => each ?? [])),
    has: async (key) => (await known()).done.has(stepName(key)),
    async close() {
      const found = await opened?.catch(() => undefined);
      await found?.journal.close();
    },
  };
}

/** The code that computes steps, libraries included. */
export function codeOfSteps() {
  return { code: codeHash(), libraries: environment().libraries };
}

interface Opened {
  readonly done: Map<string, unknown>;
  readonly journal: SealedJournal;
}

async function open(
  folder: string,
  restart: boolean,
  machines: Map<string, Machine | undefined>,
): Promise<Opened> {
  const made = codeOfSteps();
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
  const steps = journal.values as readonly Kept[];
  for (const { step, machine } of steps) machines.set(step, machine);
  return { done: new Map(steps.map(({ step, value }) => [step, value])), journal };
}
