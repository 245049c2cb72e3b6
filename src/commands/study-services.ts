import { basename } from 'node:path';
import type { ExperimentOutput, ExperimentRun } from '../studies/run.ts';
import { openSide } from './open-side.ts';
import { duration, showProgress } from './progress.ts';
import { sweep } from './run-sweep.ts';

/** What a study is given by a command: progress on stderr, images extracted on the way. */
export function studyServices(
  signal: AbortSignal,
  workers: number | undefined,
  restart: boolean | undefined,
): ExperimentRun['services'] {
  const command = ['study', ...process.argv.slice(2)];
  return {
    ...{ command, workers, signal, restart: restart ?? false },
    progress: showProgress,
    openSide: (path, flags) => openSide(path, { ...flags, signal }),
    async sweep(input, out) {
      const progress = showProgress('drawing', 'rows');
      try {
        const onProgress = progress.update;
        return await sweep(input, { out, workers, restart, signal, command, onProgress });
      } finally {
        progress.stop();
      }
    },
  };
}

/** Prints what a study found, and last where its files are. */
export function printStudy(
  { name, lines, files, folder }: ExperimentOutput,
  seconds: number,
): void {
  for (const line of lines) console.log(line);
  console.log(`${name} in ${duration(seconds)}`);
  console.log(`${files.map((file) => basename(file)).join(', ')} are in ${folder}`);
}
