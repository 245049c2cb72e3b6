import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { compareCommand } from '../../src/commands/compare.ts';
import { correctCommand } from '../../src/commands/correct.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { kidCommand } from '../../src/commands/kid.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { studyServices } from '../../src/commands/study-services.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { checkedSamples } from '../../src/studies/cfm-gap/own-samples.ts';
import type { StudyContext } from '../../src/studies/kind.ts';
import { runCommand } from '../commands/run.ts';

/** Why a side is refused, and what to give instead. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** A side of a command, and what it takes. */
export interface Side {
  readonly command: string;
  readonly side: 'reference' | 'generated' | 'set';
  /** What is taken of a file of both. */
  readonly takes: 'statistics' | 'rows';
  /** What becomes of statistics, where they do not do as features do; `PATH` is the side's. */
  readonly ofStatistics?: 'Gaussian' | Refusal;
  /** Images that it needs at least. */
  readonly atLeast?: number;
}

export interface Column extends Side {
  /** A number that the command gives, which is the same for every form of the same set. */
  run(path: string, flags: readonly string[], given: Given): Promise<number>;
}

/** What a side is compared with. */
export interface Given {
  /** A folder that is not there yet. */
  readonly out: string;
  /** Features [12, 5] of other sets, and [20,000, 5]. */
  readonly other: string;
  readonly third: string;
  readonly many: string;
  /** Images of each side. */
  readonly count: number;
}

const pairs: Refusal = {
  message: 'PATH holds statistics; KID compares images pair by pair',
  hint: 'give features or images on both sides',
};

/** Every side of every command that takes one. */
export const columns: readonly Column[] = [
  {
    command: 'fid',
    side: 'reference',
    takes: 'statistics',
    run: async (path, flags, { other }) => (await json(fidCommand, path, other, ...flags)).fid,
  },
  {
    command: 'fid',
    side: 'generated',
    takes: 'statistics',
    run: async (path, flags, { other }) => (await json(fidCommand, other, path, ...flags)).fid,
  },
  {
    command: 'kid',
    side: 'reference',
    takes: 'rows',
    ofStatistics: pairs,
    run: async (path, flags, { other }) =>
      (await json(kidCommand, path, other, '--subsets', '0', ...flags)).kid,
  },
  {
    command: 'kid',
    side: 'generated',
    takes: 'rows',
    ofStatistics: pairs,
    run: async (path, flags, { other }) =>
      (await json(kidCommand, other, path, '--subsets', '0', ...flags)).kid,
  },
  {
    command: 'stats',
    side: 'set',
    takes: 'statistics',
    async run(path, flags, { out }) {
      const file = `${out}.npz`;
      await runCommand(statsCommand(), [path, '--out', file, ...flags]);
      return (await json(fidCommand, file, file)).trace_reference;
    },
  },
  {
    command: 'estimate',
    side: 'reference',
    takes: 'statistics',
    run: async (path, flags, { other }) =>
      (await json(estimateCommand, other, '--reference', path, ...flags)).fid,
  },
  {
    command: 'estimate',
    side: 'generated',
    takes: 'statistics',
    async run(path, flags, { other, count }) {
      const size = ['--size', String(count)];
      return (await json(estimateCommand, path, '--reference', other, ...size, ...flags)).fid;
    },
  },
  {
    command: 'compare',
    side: 'reference',
    takes: 'statistics',
    run: async (path, flags, { other, third }) =>
      (await json(compareCommand, other, third, '--reference', path, ...flags)).ranking[0].fid,
  },
  {
    command: 'compare',
    side: 'generated',
    takes: 'rows',
    ofStatistics: {
      message: 'PATH holds statistics; compare draws rows',
      hint: 'give features or images',
    },
    async run(path, flags, { other, third }) {
      const { ranking } = await json(compareCommand, path, third, '--reference', other, ...flags);
      return ranking.find((each: { path: string }) => each.path === path).fid;
    },
  },
  {
    command: 'plan',
    side: 'reference',
    takes: 'statistics',
    ofStatistics: 'Gaussian',
    run: async (path, flags, { out }) =>
      (await json(planCommand, '--bias', '1', '--reference', path, '--out', out, ...flags))
        .precision.constant.value,
  },
  {
    command: 'plan',
    side: 'generated',
    takes: 'rows',
    ofStatistics: {
      message: 'PATH holds statistics; a pilot needs rows',
      hint: 'give features or images as the pilot',
    },
    async run(path, flags, { other, out }) {
      const sides = ['--reference', other, '--generated', path];
      const plan = await json(planCommand, '--bias', '1', ...sides, '--out', out, ...flags);
      return plan.precision.constant.value;
    },
  },
  {
    command: 'correct',
    side: 'reference',
    takes: 'statistics',
    ofStatistics: 'Gaussian',
    async run(path, flags) {
      const sizes = ['--fid', '9', '--from', '5000', '--to', '50000'];
      return (await json(correctCommand, ...sizes, '--reference', path, ...flags)).corrected.fid;
    },
  },
  {
    command: 'reproduce cfm-gap',
    side: 'reference',
    takes: 'statistics',
    run: (path, flags, { many }) => openedForCfmGap(path, many, flags),
  },
];

/** The sides of a sweep, which takes a second: both are tried at once. */
export const sweepSides: { readonly reference: Side; readonly generated: Side } = {
  reference: { command: 'sweep', side: 'reference', takes: 'statistics' },
  generated: {
    command: 'sweep',
    side: 'generated',
    takes: 'rows',
    ofStatistics: {
      message: 'PATH holds statistics; a sweep draws rows',
      hint: 'give features or images as the generated side, or a surrogate with these statistics',
    },
  },
};

/** Of a study that draws for minutes: more images than these tests have. */
export const cfmGapGenerated: Side = {
  command: 'reproduce cfm-gap',
  side: 'generated',
  takes: 'rows',
  atLeast: 20_000,
  ofStatistics: {
    message: 'PATH holds statistics; this study draws rows',
    hint: 'give features or images of 20,000 samples or more, best 50,000',
  },
};

// biome-ignore lint/suspicious/noExplicitAny: what a command prints has a shape of its own.
async function json(command: () => Command, ...args: readonly string[]): Promise<any> {
  return JSON.parse((await runCommand(command(), [...args, '--json'])).join('\n'));
}

/** FID of one draw. */
export async function sweptFid(
  reference: string,
  generated: string,
  flags: readonly string[],
  out: string,
): Promise<number> {
  const sides = ['--reference', reference, '--generated', generated];
  const draws = ['--sizes', '6', '--seeds', '1', '--workers', '1'];
  await runCommand(sweepCommand(), [...sides, ...draws, '--out', out, ...flags]);
  const [header, row] = readFileSync(join(out, 'estimates.csv'), 'utf8').split('\n');
  return Number(row!.split(',')[header!.split(',').indexOf('estimate')]);
}

/** Opens both sides as the study does before it draws for minutes; how many rows it would draw from. */
export async function openedForCfmGap(
  reference: string,
  generated: string,
  [, model]: readonly string[],
): Promise<number> {
  const context = studyServices(new AbortController().signal, 1, false) as StudyContext;
  const { rows } = (await checkedSamples({ reference, generated, model, seeds: 2 }, context))!;
  return rows;
}
