import type { z } from 'zod';
import { checked } from '../arrays/json.ts';
import type { ArrayOptions } from '../jobs/prepare.ts';
import type { SideOptions } from '../sides/open.ts';
import type { Side } from '../sides/side.ts';
import type { SweepInput } from '../sweep/settings.ts';
import type { SweepOutput } from '../sweep/to-folder.ts';
import type { Experiment } from './experiment.ts';
import type { Steps } from './steps.ts';

/** A line that tells how far a part of a study is. */
export interface StudyProgress {
  update(done: number, total: number, note?: string): void;
  stop(): void;
}

/** What an experiment says about a side: all that decides its features. */
export type SideSettings = Pick<SideOptions, 'model' | 'mode' | 'selection' | 'use' | 'entry'>;

/** What a study is given to run with: the machine's side of it, nothing that decides a number. */
export interface StudyContext {
  /** The experiment being run: its name and header go into manifests and titles. */
  readonly experiment: Experiment;
  /** Where every file goes. */
  readonly folder: string;
  /** The command line, for manifests. */
  readonly command: readonly string[];
  /** Worker threads to use; undefined is one a core. Numbers must not depend on it. */
  readonly workers: number | undefined;
  /** Whether finished draws of an earlier run are to be forgotten; `steps` are by then. */
  readonly restart: boolean;
  /** Aborted by Ctrl-C. Long loops call `signal.throwIfAborted()`. */
  readonly signal: AbortSignal;
  /**
   * Finished parts, so that an interrupted study goes on: `await steps.do(key, compute)`; many that do
   * not need each other, which may be computed at once: `await steps.all(steps)`.
   */
  readonly steps: Steps;
  /** Has the draws of sweeps made by array jobs. */
  readonly array?: Omit<ArrayOptions, 'folder'> | undefined;
  /** Begins a progress line, on stderr where that is a terminal. The caller stops it. */
  progress(label: string, unit: string): StudyProgress;
  /**
   * Opens features, statistics or images as the commands do. Images are extracted on the way, or
   * come from the cache; features need no model, and are opened all the same where the experiment
   * names one. Relative paths are of the working directory. The caller closes the side.
   */
  openSide(path: string, settings?: SideSettings): Promise<Side>;
  /** Runs a sweep into a folder; one with the experiment's name and header if not told otherwise. */
  sweep(input: SweepInput, out: string): Promise<SweepOutput>;
}

/** What a study leaves. */
export interface StudyOutput {
  /** Paths of the files it wrote. */
  readonly files: readonly string[];
  /** What to print: the result in a few lines. */
  readonly lines: readonly string[];
}

/** A kind of study, whose settings are still to be checked. */
export interface StudyKind {
  /** What `study` is in an experiment. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** What an experiment says besides `study`, `experiment` and `header`. */
  readonly settings: z.ZodType;
  /** Whether steps are timed, so that a machine computes them one at a time. */
  readonly isTimed: boolean;
  /** @throws StudyError for settings that do not hold, and whatever the study throws */
  run(context: StudyContext): Promise<StudyOutput>;
}

/**
 * Makes a kind of study. To add one:
 *
 * 1. Write `src/studies/NAME/study.ts`, which exports `defineStudy({ name, summary, settings, run })`.
 *    `settings` is a zod schema, best a `z.strictObject`, of what the experiment says besides
 *    `study`, `experiment` and `header`. `run(settings, context)` writes its files into
 *    `context.folder` (CSV by `toCsv` and `writeWhole`, charts by `renderCharts`, the manifest by
 *    `writeStudyManifest`), wraps what takes long in `context.steps.do` or, where it has many parts, `all`, and returns the files and
 *    the lines to print.
 * 2. Put it into `kinds` in `registry.ts`.
 * 3. Write `experiments/EXPERIMENT.json` with `"study": "NAME"` and an ADEMP header; run it by
 *    `study run experiments/EXPERIMENT.json`; commit `results/EXPERIMENT`.
 *
 * Same settings, same bytes on one machine: no clock and no `Math.random`, and nothing that depends on
 * the number of workers. What is particular to a machine goes into the manifest's `environment`, and
 * what is timed into timings.csv.
 */
export function defineStudy<Schema extends z.ZodType>({
  name,
  summary,
  settings: schema,
  isTimed = false,
  run,
}: {
  readonly name: string;
  readonly summary: string;
  readonly settings: Schema;
  readonly isTimed?: boolean;
  readonly run: (settings: z.output<Schema>, context: StudyContext) => Promise<StudyOutput>;
}): StudyKind {
  return {
    name,
    summary,
    settings: schema,
    isTimed,
    async run(context) {
      const { path, settings } = context.experiment;
      const wrong = `invalid settings in ${path}`;
      return run(checked(settings, schema, wrong, `the study ${name}: ${summary}`), context);
    },
  };
}
