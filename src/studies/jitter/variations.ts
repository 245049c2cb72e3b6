import { z } from 'zod';
import { providers } from '../../embeddings/provider.ts';
import { optimizations } from '../../embeddings/session.ts';
import { largestBatch } from '../../models/custom/fit.ts';

/** Vector instructions that the libraries are shown: all, or those of an older processor. */
export const instructionSets = ['all', 'no-avx512', 'no-avx2'] as const;

const whole = z.int().positive();
const few = z.int().positive().max(1024);

/** Ways to extract: each takes all images once more. */
const mostVariations = 10_000;

/** One grid of ways to extract: every combination of what is listed. */
export const gridSchema = z
  .strictObject({
    /** How often each combination is run. */
    runs: whole.max(mostVariations).default(1),
    providers: z.array(z.enum(providers)).min(1).max(100).default(['cpu']),
    /** onnxruntime's graph optimisation. */
    levels: z.array(z.enum(optimizations)).min(1).max(100).default(['all']),
    /** Threads of one network. */
    threads: z.array(few).min(1).max(100).default([1]),
    /** Networks side by side. */
    workers: z.array(few).min(1).max(100).default([1]),
    batch_sizes: z.array(whole.max(largestBatch)).min(1).max(100).default([32]),
    instruction_sets: z.array(z.enum(instructionSets)).min(1).max(100).default(['all']),
  })
  .refine((grid) => combinations(grid) <= mostVariations, {
    error: `has more than ${mostVariations} combinations`,
  });

/** Type-free: the schema's own output is not known yet where it is refined. */
function combinations({ runs, ...lists }: { runs: number } & Record<string, unknown>): number {
  return Object.values(lists).reduce<number>(
    (product, list) => product * Object(list).length,
    runs,
  );
}

export type Grid = z.output<typeof gridSchema>;

/** One way to extract the same images. */
export interface Variation {
  readonly run: number;
  readonly provider: Grid['providers'][number];
  readonly level: Grid['levels'][number];
  readonly threads: number;
  readonly workers: number;
  readonly batch_size: number;
  readonly instructions: Grid['instruction_sets'][number];
}

/** What all others are compared with: the partition of `study extract --deterministic`. */
export const BASELINE: Variation = {
  run: 1,
  provider: 'cpu',
  level: 'all',
  threads: 1,
  workers: 1,
  batch_size: 32,
  instructions: 'all',
};

/** All variations of some grids, each once, the baseline first. */
export function variationsOf(grids: readonly Grid[]): Variation[] {
  const all = [BASELINE, ...grids.flatMap(crossed)];
  const byKey = new Map(all.map((variation) => [JSON.stringify(variation), variation]));
  return [...byKey.values()];
}

function crossed(grid: Grid): Variation[] {
  const found: Variation[] = [];
  for (const provider of grid.providers)
    for (const instructions of grid.instruction_sets)
      for (const level of grid.levels)
        for (const threads of grid.threads)
          for (const workers of grid.workers)
            for (const batch_size of grid.batch_sizes)
              for (let run = 1; run <= grid.runs; run++)
                found.push({ run, provider, level, threads, workers, batch_size, instructions });
  return found;
}

/** The ways in which a variation differs from the baseline; none for the baseline and its repeats. */
export function factorsOf(variation: Variation): (keyof Variation)[] {
  const names = Object.keys(BASELINE) as (keyof Variation)[];
  return names.filter((name) => name !== 'run' && variation[name] !== BASELINE[name]);
}

/** In words: `threads 2, batch size 1`; `run 2` of the baseline's repeats. */
export function nameOf(variation: Variation): string {
  const parts = factorsOf(variation).map((factor) => words[factor](variation));
  const run = variation.run > 1 || parts.length === 0 ? [`run ${variation.run}`] : [];
  return [...parts, ...run].join(', ');
}

const words: Readonly<Record<keyof Variation, (variation: Variation) => string>> = {
  run: ({ run }) => `run ${run}`,
  provider: ({ provider }) => provider,
  level: ({ level }) => `graph ${level}`,
  threads: ({ threads }) => `${threads} threads`,
  workers: ({ workers }) => `${workers} networks`,
  batch_size: ({ batch_size }) => `batches of ${batch_size}`,
  instructions: ({ instructions }) =>
    instructions.replace('no-avx', 'no AVX').replace('512', '-512'),
};
