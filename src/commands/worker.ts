import { Command } from 'commander';
import { coresGiven } from '../jobs/cores.ts';
import { readJob } from '../jobs/job.ts';
import { type Task, taskOf } from '../jobs/task.ts';
import { workOn } from '../jobs/work.ts';
import { interruptible } from './interrupt.ts';
import { jobKindOf } from './job-kinds.ts';
import { duration, showProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

interface WorkerFlags {
  readonly job?: string;
  readonly part?: number;
  readonly of?: number;
  readonly workers?: number;
  readonly mixed?: boolean;
}

/** `study worker`: one task of an array job. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('do one part of an array job that --engine array has prepared')
    .argument('<dir>', 'the --out of the command that prepared it, on a shared file system')
    .option('--job <name>', 'which job of the folder (default: the last one)')
    .option(
      '--part <i>',
      'which part, from 0 (default: the scheduler’s index)',
      wholeNumber('--part'),
    )
    .option(
      '--of <k>',
      'number of parts (default: the scheduler’s number of tasks)',
      wholeNumber('--of', 1),
    )
    .option('--workers <n>', 'worker threads (default: one per core)', wholeNumber('--workers', 1))
    .option('--mixed', 'take part although this machine rounds otherwise')
    .addHelpText('after', help)
    .action(run);
}

const help = `
A job is a list of units. Part i of k does units i, i + k, i + 2k, … and leaves a file for each; units
that are there are not made again, whichever part made them. The index comes from Slurm
(SLURM_ARRAY_TASK_ID), Kubernetes (JOB_COMPLETION_INDEX), SGE (SGE_TASK_ID), LSF (LSB_JOBINDEX) or AWS
Batch (AWS_BATCH_JOB_ARRAY_INDEX). docs/cluster.md has a template for each.

Once all parts are done, the command that prepared the job, run again, writes the results.`;

async function run(folder: string, flags: WorkerFlags): Promise<void> {
  const task = taskOf(flags);
  const job = await readJob(folder, flags.job);
  const progress = showProgress(`part ${task.part} of ${task.of}`, 'units');
  const start = performance.now();
  const work = await interruptible(
    (signal) =>
      workOn(folder, job, jobKindOf(job.kind), task, {
        isMixed: flags.mixed,
        workers: flags.workers ?? coresGiven(),
        signal,
        onProgress: progress.update,
      }).finally(progress.stop),
    'what is finished is kept',
  );
  if (work) console.log(summary(job.title, task, work, (performance.now() - start) / 1000));
}

function summary(
  title: string,
  { part, of }: Task,
  { made, found }: { readonly made: number; readonly found: number },
  seconds: number,
): string {
  const before = found > 0 ? `, ${found} were there already` : '';
  return `part ${part} of ${of} of ${title}: ${made} units made${before}, in ${duration(seconds)}`;
}
