import { Command, Option } from 'commander';
import { writeStatisticsNpz } from '../arrays/statistics-npz.ts';
import { StudyError } from '../errors.ts';
import { statisticsOfFeatures } from '../metrics/features.ts';
import { openSide } from '../sides/open.ts';
import { repeatNotes } from '../sides/repeated-rows.ts';
import type { Side } from '../sides/side.ts';
import { thousands } from '../tables/number.ts';
import { wrote } from './conventions.ts';
import { extracting } from './extracting.ts';
import { type ImageFlags, sideHelp, withImageFlags } from './image-flags.ts';

interface StatsOptions extends ImageFlags {
  readonly out: string;
  readonly dtype: 'float32' | 'float64';
}

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
    );
  return withImageFlags(command).addHelpText('after', `\nThe set is ${sideHelp}`).action(stats);
}

async function stats(src: string, flags: StatsOptions): Promise<void> {
  const { out, dtype } = flags;
  if (!/\.npz$/i.test(out)) {
    throw new StudyError(
      `invalid --out; not an .npz: ${out}`,
      'other tools know the format by its extension',
    );
  }
  const side = await extracting(flags, (options) => openSide(src, options));
  if (!side) return;
  try {
    await writeStatisticsNpz(out, await statisticsOf(side), dtype);
    report(side, repeatNotes(side, []));
  } finally {
    side.close();
  }
  wrote(null, [out]);
  console.log(out);
}

async function statisticsOf(side: Side) {
  // Statistics are rewritten, for example in another dtype.
  if (side.kind === 'features') return statisticsOfFeatures(side);
  return { ...side.statistics, dimension: side.dimension };
}

function report(side: Side, repeats: readonly string[]): void {
  const { rows, dimension, extractor, notes = [] } = side;
  const count = rows === null ? 'a set of unstated size' : `${thousands(rows)} images`;
  const network = extractor ? `, ${extractor.name} (${extractor.mode})` : '';
  console.log(`mean and covariance of ${count}, d = ${dimension}${network}`);
  for (const note of [...notes, ...repeats]) console.log(`note: ${note}`);
  if (rows !== null && rows <= dimension) {
    console.log(
      `note: the covariance of ${rows} images is singular: its rank is at most ${rows - 1}`,
    );
  }
}
