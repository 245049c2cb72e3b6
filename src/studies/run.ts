import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { writeReport } from '../charts/report/folder.ts';
import { StudyError } from '../errors.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { requireData } from './data-paths.ts';
import { type Experiment, readExperiment } from './experiment.ts';
import type { StudyOutput } from './kind.ts';
import { completeManifest } from './manifest.ts';
import { kindOf } from './registry.ts';
import type { StudyServices } from './services.ts';
import { openSteps, type StepsElsewhere } from './steps.ts';

export interface ExperimentRun {
  /** Folder for the files: by default `results/NAME` next to `experiments/`, else `runs/NAME`. */
  readonly out?: string | undefined;
  /** Settings that replace those of the file, each `NAME=VALUE`. */
  readonly overrides?: readonly string[] | undefined;
  /** Forgets the finished steps and draws of an earlier run in the folder. */
  readonly restart?: boolean | undefined;
  readonly services: StudyServices;
  /** Computes steps that do not need each other; by default this process does, one after another. */
  readonly elsewhere?: ((experiment: Experiment, folder: string) => StepsElsewhere) | undefined;
}

export interface ExperimentOutput extends StudyOutput {
  readonly name: string;
  readonly folder: string;
}

/**
 * Runs one experiment into its folder.
 *
 * @throws StudyError for a file that is not an experiment, invalid settings, missing data, and
 *   whatever its study throws; the signal's reason once it is aborted
 */
export async function runExperiment(
  path: string,
  { overrides, ...run }: ExperimentRun,
): Promise<ExperimentOutput> {
  const experiment = await readExperiment(path, overrides);
  await requireData(experiment);
  return runOne(experiment, run);
}

/** The same for an experiment that is already in memory. */
export async function runOne(
  experiment: Experiment,
  { out, restart = false, services, elsewhere }: Omit<ExperimentRun, 'overrides'>,
): Promise<ExperimentOutput> {
  const kind = kindOf(experiment.study, experiment.path);
  const folder = out ?? defaultFolder(experiment.path, experiment.name);
  const isSweep = experiment.study === 'sweep';
  await requireOutFolder(folder, isSweep ? 'sweep' : 'study', experiment.study);
  const steps = openSteps(folder, restart, elsewhere?.(experiment, folder));
  const { name, header } = experiment;
  try {
    const output = await kind.run({
      ...services,
      experiment,
      folder,
      steps,
      sweep: (input, to) => services.sweep({ experiment: name, header, ...input }, to),
    });
    await completeManifest(folder, output);
    // A sweep writes its own.
    const files = isSweep ? output.files : [...output.files, await writeReport(folder)];
    return { ...output, files, name, folder };
  } finally {
    await steps.close();
  }
}

/** The experiments at a path: the file itself, or the .json files of a folder by name. */
export async function experimentsAt(path: string): Promise<string[]> {
  const found = await stat(path).catch((error) => {
    throw diskError(error, path);
  });
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) {
    throw new StudyError(`no experiments in ${path}`, 'name a folder of .json files, or one file');
  }
  return names.map((name) => join(path, name));
}

function defaultFolder(path: string, name: string): string {
  const folder = dirname(normalize(path));
  const isOurs = basename(folder) === 'experiments';
  return isOurs ? join(dirname(folder), 'results', name) : join('runs', name);
}
