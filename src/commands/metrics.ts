import { Command } from 'commander';
import {
  type MetricOfSets,
  type MetricsOfSets,
  metricsOfSides,
} from '../answers/metrics/metrics-of-sides.ts';
import { fid } from '../metrics/kinds/fid.ts';
import { sfid } from '../metrics/kinds/sfid.ts';
import { metricNames, metricsNamed } from '../metrics/registry.ts';
import { requireComparable } from '../sides/comparable.ts';
import { openSides } from '../sides/open.ts';
import type { Side } from '../sides/side.ts';
import { parseMetrics } from '../sweep/metric-names.ts';
import { textTable } from '../tables/text-table.ts';
import { extracting } from './extracting.ts';
import { type ImageFlags, sideHelp, withImageFlags } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { kidText } from './kid-of-sides.ts';
import { showProgress } from './progress.ts';
import { described, sideLine, sideNotes } from './side-notes.ts';
import { wholeNumber } from './whole-number.ts';

interface MetricsFlags extends ImageFlags {
  readonly metric: string;
  readonly seed: number;
  readonly errors: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const OF_STATISTICS: readonly string[] = [fid.name, sfid.name];

/** `study metrics`: every metric between two sets at once. */
export function metricsCommand(): Command {
  const command = new Command('metrics')
    .description('every metric between two sets, with standard errors and what depends on N')
    .argument('<ref>', 'the reference set')
    .argument('<gen>', 'the generated set')
    .option('--metric <list>', `all, or some of ${metricNames.join(', ')}`, 'all')
    .option('--seed <n>', 'seed of random directions, orders and parts', wholeNumber('--seed'), 0)
    .option('--no-errors', 'leave out standard errors, which take a tenth more time')
    .option('--force', 'compare features of different models or modes')
    .option('--json', 'print JSON, with all digits');
  return withImageFlags(command).addHelpText('after', help).action(run);
}

const help = `
Either set is ${sideHelp}
Statistics are enough for fid and, with ADM's mu_s and sigma_s, for sfid; other metrics need features or
images. is and sfid need the arrays of \`study extract --model fid-inception --outputs pool,logits,spatial\`.

Standard errors of KID, CMMD and is are by formula; others from ten disjoint parts of both sets, which is
too large where the sets hardly differ.`;

async function run(ref: string, gen: string, flags: MetricsFlags): Promise<void> {
  const { seed, errors, force = false, json = false } = flags;
  const names = parseMetrics(flags.metric);
  const metrics = names[0] === 'all' ? undefined : metricsNamed(names);
  // Statistics are enough for FID and sFID; of a file with both, all other metrics take the rows.
  const use = names.every((name) => OF_STATISTICS.includes(name)) ? 'statistics' : 'rows';
  const sides = await extracting(flags, (options) =>
    openSides(ref, gen, options, { reference: use, generated: use }),
  );
  if (!sides) return;
  const { reference, generated } = sides;
  const progress = showProgress('pairs', 'pairs');
  try {
    requireComparable(reference, generated, force);
    const found = await interruptible(
      (signal) =>
        metricsOfSides(reference, generated, {
          metrics,
          seed,
          errors,
          signal,
          onPairs: progress.update,
        }),
      null,
    );
    progress.stop();
    if (found) console.log((json ? inJson : onScreen)(found, reference, generated));
  } finally {
    progress.stop();
    reference.close();
    generated.close();
  }
}

function inJson(found: MetricsOfSets, reference: Side, generated: Side): string {
  const record = {
    num_gen: generated.rows,
    num_ref: reference.rows,
    metrics: found.metrics.map(({ name, value, se, seFrom, better, inN, bias }) => ({
      name,
      value,
      se,
      se_from: seFrom,
      better,
      in_n: inN,
      bias,
    })),
    reference: described(reference),
    generated: described(generated),
    notes: notes(found, reference, generated),
  };
  return JSON.stringify(record, null, 2);
}

function onScreen(found: MetricsOfSets, reference: Side, generated: Side): string {
  return [
    textTable(
      {
        header: ['metric', 'value ± SE', 'better', 'bias in N'],
        rows: found.metrics.map(line),
      },
      ['left', 'left', 'left', 'left'],
    ),
    '',
    `reference  ${sideLine(reference)}`,
    `generated  ${sideLine(generated)}`,
    ...notes(found, reference, generated).map((note) => `note: ${note}`),
  ].join('\n');
}

function line({ title, value, se, better, bias }: MetricOfSets): string[] {
  return [title, se === null ? value.toPrecision(4) : kidText(value, se), better, bias];
}

function notes({ metrics, leftOut }: MetricsOfSets, reference: Side, generated: Side): string[] {
  const list = [...sideNotes(reference, generated), ...leftOut];
  if (reference.sha256 === generated.sha256) {
    list.push('both sides are the same features: every distance is too small');
  }
  const inN = metrics.filter((metric) => metric.inN !== 'unbiased').map(({ name }) => name);
  if (inN.length > 0 && generated.rows !== null) {
    const [depend, them] = inN.length === 1 ? ['depends', 'it'] : ['depend', 'them'];
    list.push(
      `${inN.join(', ')} ${depend} on the number of images: compare ${them} only at equal N and equal references`,
    );
  }
  return list;
}
