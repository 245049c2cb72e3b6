import { resolve } from 'node:path';
import { Command } from 'commander';
import { drawCharts } from '../charts/draw.ts';
import { readSweepFolder } from '../charts/sweep-folder.ts';
import { requireFree } from '../provenance/out-folder.ts';

/** `study plot`: redraws the charts of a sweep from its files. */
export function plotCommand(): Command {
  return new Command('plot')
    .description('redraw the charts, LaTeX table and report of a finished sweep')
    .argument('<dir>', 'folder that `study sweep --out` wrote')
    .option('--out <dir>', 'folder to draw into (default: the same)')
    .action(plot);
}

async function plot(dir: string, options: { out?: string }): Promise<void> {
  const { out = dir } = options;
  if (resolve(out) !== resolve(dir)) await requireFree(out);
  const { isSealed, ...results } = await readSweepFolder(dir);
  if (!isSealed) {
    console.error(
      `note: the manifest in ${dir} is of an earlier version, without hashes: its tables are drawn unchecked`,
    );
  }
  const paths = await drawCharts(results, out);
  console.log(results.manifest.summary);
  for (const path of paths) console.log(path);
}
