import { Command } from 'commander';
import { drawCharts } from '../charts/draw.ts';
import { readSweepFolder } from '../charts/sweep-folder.ts';

/** `study plot`: draws the charts of a sweep again from the files it left. */
export function plotCommand(): Command {
  return new Command('plot')
    .description('draw the charts, LaTeX table and report of a finished sweep again')
    .argument('<dir>', 'folder that `study sweep --out` wrote')
    .option('--out <dir>', 'folder to draw into (default: the same)')
    .action(plot);
}

async function plot(dir: string, options: { out?: string }): Promise<void> {
  const results = await readSweepFolder(dir);
  const paths = await drawCharts(results, options.out ?? dir);
  console.log(results.manifest.summary);
  for (const path of paths) console.log(path);
}
