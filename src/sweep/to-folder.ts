import { join } from 'node:path';
import { drawCharts } from '../charts/draw.ts';
import { writeReport } from '../charts/report/folder.ts';
import type { ArrayOptions } from '../jobs/prepare.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import type { PublishedPoint } from '../tables/estimand.ts';
import { engineFor } from './engine.ts';
import { sweepManifest, writeSweep } from './files.ts';
import type { SweepInputs } from './inputs.ts';
import { runSweep, type SweepResult, sweepIdentity } from './run.ts';
import type { SweepSettings } from './settings.ts';

export interface SweepOptions {
  /** Folder for all files; by default `runs/NAME-HASH`, one for each different sweep. */
  readonly out?: string | undefined;
  /** Worker threads, one core each; by default one per core, as far as memory allows. */
  readonly workers?: number | undefined;
  /** Discards the draws of another sweep in the folder instead of refusing it. */
  readonly restart?: boolean | undefined;
  /** The command that the manifest records. */
  readonly command?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Has the draws made by an array job, of whose units those that are missing are to be made. */
  readonly array?: Omit<ArrayOptions, 'folder'> | undefined;
  /** Called with notices for the user, which go into no file. */
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly onProgress?: ((done: number, total: number, note: string) => void) | undefined;
}

export interface SweepOutput extends SweepResult {
  readonly published: readonly PublishedPoint[];
  readonly folder: string;
  readonly files: readonly string[];
}

/**
 * Runs a sweep and writes all its files: estimates.csv, performance.csv, manifest.json, the charts,
 * performance.tex and report.html. Finished draws are kept as they come, so that the same call
 * continues after an interruption.
 *
 * @throws StudyError as `runSweep` does, or if the folder holds something else or cannot be written;
 *   Unfinished while units of an array job are missing
 */
export async function sweepToFolder(
  settings: SweepSettings,
  inputs: SweepInputs,
  { out, workers, restart, array, command = [], signal, onNotice, onProgress }: SweepOptions = {},
): Promise<SweepOutput> {
  const folder = out ?? defaultFolder(settings, inputs);
  await requireOutFolder(folder, 'sweep');
  const engine = engineFor(settings, inputs, folder, workers, array);
  const run = { engine, folder, restart, signal, onNotice, onProgress };
  const result = await runSweep(settings, inputs, run);
  const manifest = sweepManifest(settings, inputs, result, command);
  const files = await writeSweep(folder, settings, result, manifest);
  const { estimates, performance } = result;
  if (performance.length > 0) {
    files.push(
      ...(await drawCharts({ manifest, estimates, performance }, folder)),
      await writeReport(folder),
    );
  }
  return { ...result, published: inputs.published, folder, files };
}

function defaultFolder(settings: SweepSettings, inputs: SweepInputs): string {
  const name = settings.experiment ?? inputs.name;
  return join('runs', `${name}-${sweepIdentity(settings, inputs).slice(0, 8)}`);
}
