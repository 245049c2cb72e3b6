import { availableParallelism } from 'node:os';
import { compiledModule } from '../arrays/compiled.ts';
import { kindOf } from '../sides/kind-of.ts';
import { openKind } from '../sides/open.ts';
import { taken } from '../sides/side-kind.ts';
import type { ExperimentRun } from '../studies/run.ts';
import type { StudyServices } from '../studies/services.ts';
import { arraySteps } from '../studies/units/array.ts';
import { stepProcesses } from '../studies/units/processes.ts';
import { sweep } from '../sweep/sweep.ts';
import { showExtraction } from './extracting.ts';
import { showProgress } from './progress.ts';

/** What this machine offers a study: threads, progress, sides and sweeps. */
export function studyServices(
  signal: AbortSignal,
  workers: number | undefined,
  restart: boolean | undefined,
  array?: StudyServices['array'],
): StudyServices {
  const command = ['study', ...process.argv.slice(2)];
  return {
    command,
    workers,
    signal,
    restart: restart ?? false,
    array,
    progress: showProgress,
    async openSide(path, { model, mode, selection, use = 'statistics', entry = [] } = {}) {
      const { onProgress, stop } = showExtraction();
      const kind = taken(await kindOf(path, entry), use);
      return openKind(kind, { model, mode, selection, signal, onProgress }).finally(stop);
    },
    async sweep(input, out) {
      const extraction = showExtraction();
      const progress = showProgress('drawing', 'rows');
      try {
        return await sweep(input, {
          out,
          workers,
          array,
          restart,
          signal,
          command,
          onExtraction: extraction.onProgress,
          onProgress: progress.update,
          onNotice: progress.notice,
        });
      } finally {
        extraction.stop();
        progress.stop();
      }
    },
  };
}

/** The module of a process that computes steps. */
export const stepEntry = compiledModule('commands/step-process');

/** How an experiment is run from the command line. */
export function studyRun(
  signal: AbortSignal,
  {
    workers,
    restart,
    array,
  }: Pick<ExperimentRun, 'restart'> & Partial<Pick<StudyServices, 'workers' | 'array'>>,
): Pick<ExperimentRun, 'restart' | 'services' | 'elsewhere'> {
  return {
    restart,
    services: studyServices(signal, workers, restart, array),
    elsewhere(experiment, folder) {
      if (array) return arraySteps(experiment, { folder, ...array });
      const most = workers ?? availableParallelism();
      return stepProcesses(experiment, folder, { workers: most, signal, entry: stepEntry });
    },
  };
}
