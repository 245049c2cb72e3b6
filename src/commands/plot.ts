import { resolve } from 'node:path';
import { Command } from 'commander';
import { drawCharts } from '../charts/draw.ts';
import { writeReport } from '../charts/report/folder.ts';
import { readSweepFolder } from '../charts/sweep-folder.ts';
import { StudyError } from '../errors.ts';
import { checkTables } from '../provenance/manifest.ts';
import { holdingOf, requireFree } from '../provenance/out-folder.ts';
import { wrote } from './conventions.ts';

/** `study plot`: redraws what is drawn of a result, from its files. */
export function plotCommand(): Command {
  return new Command('plot')
    .description('redraw the report of a result; of a sweep also the charts and the LaTeX table')
    .argument('<dir>', 'folder of a sweep, a study, an estimate, a comparison, …')
    .option('--out <dir>', 'folder to draw into (default: the same)')
    .action(plot);
}

async function plot(dir: string, options: { out?: string }): Promise<void> {
  const { out = dir } = options;
  const isOther = resolve(out) !== resolve(dir);
  const held = await holdingOf(dir);
  // Features have no report; `readSweepFolder` says so.
  if (held?.kind && held.kind !== 'sweep' && held.kind !== 'embeddings') {
    if (isOther) {
      throw new StudyError(
        `--out ${out} for ${held.words}: only a sweep's charts are drawn from its tables`,
        'leave --out out; the report goes into the same folder',
      );
    }
    await checkTables(dir, []);
    const path = await writeReport(dir);
    wrote(dir, [path]);
    console.log(path);
    return;
  }
  if (isOther) await requireFree(out);
  const { isSealed, ...results } = await readSweepFolder(dir);
  if (!isSealed) {
    console.error(
      `note: the manifest in ${dir} is of an earlier version, without hashes: its tables are drawn unchecked`,
    );
  }
  const paths = [...(await drawCharts(results, out)), await writeReport(dir, out)];
  console.log(results.manifest.summary);
  wrote(out, paths);
  for (const path of paths) console.log(path);
}
