import { Command } from 'commander';
import { writeStatisticsNpz } from '../arrays/statistics-npz.ts';
import { StudyError } from '../errors.ts';
import { mergedStatistics } from '../sides/merged-statistics.ts';
import { openEach } from '../sides/open.ts';
import { extracting } from './extracting.ts';
import { requireNpzName, type StatsFlags } from './stats-flags.ts';
import { statsLines } from './stats-lines.ts';

/** `study stats merge`: the statistics of several sets together. It has the flags of `study stats`. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('write the mean and covariance of several sets together')
    .argument('<sets...>', 'statistics that state their number of images, features, or images')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', help)
    .action((sets: readonly string[], _: unknown, command: Command) =>
      merge(sets, command.optsWithGlobals<StatsFlags>()),
    );
}

const help = `
The result is exact: the statistics of all images, as if they had been one set. Sets of different
models, modes or dimensions are refused.`;

async function merge(sets: readonly string[], flags: StatsFlags): Promise<void> {
  const { out, dtype, size } = flags;
  requireNpzName(out);
  if (sets.length < 2) {
    throw new StudyError(`only one set to merge: ${sets[0]}`, 'name two or more');
  }
  if (size !== undefined) {
    throw new StudyError(
      `--size ${size} for ${sets.length} sets`,
      'write it into each file first: study stats FILE --size N --out NEW.npz',
    );
  }
  const merged = await extracting(flags, (options) => mergedStatistics(openEach(sets, options)));
  if (!merged) return;
  await writeStatisticsNpz(out, merged.statistics, dtype, merged);
  const { dimension } = merged.statistics;
  for (const line of statsLines({ ...merged, dimension, sets: sets.length })) console.log(line);
  console.log(out);
}
