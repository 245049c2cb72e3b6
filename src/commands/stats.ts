import { Command, Option } from 'commander';
import { writeStatisticsNpz } from '../arrays/statistics-npz.ts';
import { openSide } from '../sides/open.ts';
import { repeatNotes } from '../sides/repeated-rows.ts';
import { statedRows } from '../sides/stated-rows.ts';
import { statisticsOfSide } from '../sides/statistics-of-side.ts';
import { wrote } from './conventions.ts';
import { extracting } from './extracting.ts';
import { sideHelp, withImageFlags } from './image-flags.ts';
import { requireNpzName, type StatsFlags } from './stats-flags.ts';
import { statsLines } from './stats-lines.ts';
import { mergeCommand } from './stats-merge.ts';
import { wholeNumber } from './whole-number.ts';

/** `study stats`: a set's mean and covariance in the format that other tools read. */
export function statsCommand(): Command {
  const command = new Command('stats')
    .description("write a set's mean and covariance as an .npz that pytorch-fid reads")
    .argument('<src>', 'the set')
    .requiredOption('--out <file.npz>', 'the file to write: mu [d] and sigma [d, d]')
    .addOption(
      new Option('--dtype <type>', 'float64 as pytorch-fid, or float32 as clean-fid')
        .choices(['float64', 'float32'])
        .default('float64'),
    )
    .option(
      '--size <n>',
      'images behind statistics that do not state them',
      wholeNumber('--size', 2),
    );
  return withImageFlags(command)
    .addHelpText('after', `\nThe set is ${sideHelp}\n\n${help}`)
    .action(stats)
    .addCommand(mergeCommand());
}

const help = `The file also has num_images, and model, mode and sha256 of the network if they are known. Other tools
pass over them; the commands here read them.`;

async function stats(src: string, flags: StatsFlags): Promise<void> {
  const { out, dtype } = flags;
  requireNpzName(out);
  const side = await extracting(flags, (options) => openSide(src, options));
  if (!side) return;
  try {
    const rows = statedRows(side, flags.size, '--size');
    const { statistics, spatial } = await statisticsOfSide(side);
    const { extractor } = side;
    await writeStatisticsNpz(out, statistics, dtype, { rows, extractor, spatial });
    const notes = [...(side.notes ?? []), ...repeatNotes(side, [])];
    const { dimension } = side;
    for (const line of statsLines({ rows, dimension, extractor, notes })) console.log(line);
  } finally {
    side.close();
  }
  wrote(null, [out]);
  console.log(out);
}
