import { sha256Of } from '../arrays/sha256.ts';
import type { Fit } from '../charts/inputs.ts';
import { isBeyondHalf } from '../draws/complement.ts';
import type { Engine } from '../draws/engine.ts';
import type { DrawOutcome, DrawUnit } from '../draws/outcome.ts';
import type { Watch } from '../draws/pool-moments.ts';
import type { DrawSpec } from '../draws/spec.ts';
import { hashOfSpec } from '../draws/spec-hash.ts';
import { StudyError } from '../errors.ts';
import { distinctMachines, type Machine } from '../jobs/machine.ts';
import { restSharedAlgebra, sharedAlgebra } from '../linalg/fast.ts';
import { packageVersion } from '../provenance/environment.ts';
import type { Estimand } from '../tables/estimand.ts';
import type { EstimateRow, PerformanceRow } from '../tables/rows.ts';
import { drawName, plannedDraws, remainingUnits } from './design.ts';
import { chooseEstimand, requireEstimand } from './estimand.ts';
import { fitInverseSize } from './fit.ts';
import type { SweepInputs } from './inputs.ts';
import { type Journal, type JournalIdentity, openJournal } from './journal.ts';
import { type MetricResult, metricResult } from './metric-results.ts';
import { type ChosenMetrics, chooseMetrics } from './metrics.ts';
import { referenceInWords, sweepNotes } from './notes.ts';
import { ownConstant, withOwnBias } from './own-bias.ts';
import { performanceRows } from './performance.ts';
import type { SweepSettings } from './settings.ts';
import { summarise } from './summary.ts';

export interface RunOptions {
  readonly engine: Engine;
  /** Folder for the journal of finished draws; without one an interrupted sweep starts over. */
  readonly folder?: string | undefined;
  /** Discards a journal of another sweep instead of refusing it. */
  readonly restart?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with notices for the user, which go into no file. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Called with the rows (images) drawn so far and in total; first with those read of a pool. */
  readonly onProgress?: ((done: number, total: number, note: string) => void) | undefined;
}

export interface SweepResult {
  readonly experiment: string;
  /** What the FIDs are measured against, with its number of images. */
  readonly reference: string;
  /** One row per draw, by size and then in the order of the seeds. */
  readonly estimates: readonly EstimateRow[];
  readonly performance: readonly PerformanceRow[];
  /** Null if every draw failed. */
  readonly estimand: Estimand | null;
  readonly fit: Fit | null;
  /** What the numbers mean, in one sentence. */
  readonly summary: string;
  /** What a reader must know about how the draws were made. */
  readonly notes: readonly string[];
  /** Machines that made draws for this one, as an array job. */
  readonly machines: readonly Machine[];
  /** Of the metrics besides FID, if there are any; their rows are in the tables too. */
  readonly metrics: readonly MetricResult[];
}

/**
 * Runs a sweep: draws, a FID per draw, performance measures over the draws. Finished draws of an
 * earlier run in the same folder are reused. The result does not depend on the engine.
 *
 * @throws StudyError for sizes larger than the pool, an impossible estimand, and what `openJournal`
 * throws; the signal's reason once it is aborted
 */
export async function runSweep(
  settings: SweepSettings,
  inputs: SweepInputs,
  { engine, folder, restart = false, signal, onNotice, onProgress }: RunOptions,
): Promise<SweepResult> {
  // 1. The plan.
  requireSizes(settings, inputs);
  requireEstimand(settings, inputs);
  const chosen = chooseMetrics(settings, inputs);
  const planned = plannedDraws(settings, inputs.pool);
  const journal = folder
    ? await openJournal(folder, journalIdentity(settings, inputs, chosen), restart)
    : withoutJournal();
  const { done, setAside, damaged } = journal;
  if (setAside) {
    onNotice?.(
      `the draws here are of other code, or of a machine that rounds otherwise, and are made again; the old ones are in ${setAside}`,
    );
  }
  if (damaged > 0) onNotice?.(`${damaged} damaged lines of draws.jsonl: these are drawn again`);

  // 2. The remaining draws.
  try {
    const report = () => {
      const finished = planned.filter((draw) => done.has(drawName(draw)));
      const rows = (draws: typeof planned) => draws.reduce((sum, { size }) => sum + size, 0);
      onProgress?.(rows(finished), rows(planned), `${finished.length} of ${planned.length} draws`);
    };
    const units = remainingUnits(settings, inputs.pool, done);
    const source = await sourceFor(units, settings, inputs, { signal, onRows: onProgress });
    report();
    if (units.length > 0) await restSharedAlgebra();
    await engine.run(
      {
        source: { ...source, ...(chosen.spec && { metrics: chosen.spec }) },
        sampling: samplingOf(settings),
      },
      units,
      async (outcome) => {
        done.set(drawName(outcome), outcome);
        await journal.add(outcome);
        report();
      },
      signal,
    );
    signal?.throwIfAborted();
    const left = planned.filter((draw) => !done.has(drawName(draw)));
    if (left.length > 0) throw new Error(`${left.length} draws were not made`);
  } finally {
    await journal.close();
  }

  // 3. The results.
  const experiment = settings.experiment ?? inputs.name;
  const outcomes = planned.flatMap((draw) => done.get(drawName(draw)) ?? []);
  const rowOf = (outcome: DrawOutcome) => estimateRow(experiment, settings, inputs, outcome);
  const metrics = chosen.others.map((each) => metricResult(each, outcomes, inputs, rowOf));
  const machines = distinctMachines(outcomes.flatMap(({ machine }) => machine ?? []));
  const ofAll = { experiment, reference: referenceInWords(inputs), metrics, machines };
  if (!chosen.hasFid) {
    const notes = [...sweepNotes(settings, inputs), ...chosen.notes];
    return { ...ofAll, ...withoutFid(metrics), notes };
  }
  const estimates = outcomes.map(rowOf);
  const pool = settings.replacement ? null : inputs.pool;
  const fit = fitInverseSize(estimates, inputs.dimension, pool);
  const target = chooseEstimand(settings, inputs, estimates, fit);
  const constant = target?.size === undefined ? null : await constantAt(target.size);
  const estimand = target && withOwnBias(target, constant);
  const performance = estimand ? performanceRows(estimates, estimand) : [];
  const summary = estimand ? summarise(performance, estimand) : 'no draw succeeded';
  const slope = fit?.slope ?? constant?.value ?? null;
  const notes = [...sweepNotes(settings, inputs, slope, estimand), ...chosen.notes];
  return {
    ...ofAll,
    estimates: [...estimates, ...metrics.flatMap((each) => each.estimates)],
    performance: [...performance, ...metrics.flatMap((each) => each.performance)],
    estimand,
    fit,
    summary,
    notes,
  };

  function constantAt(size: number) {
    const draw = { seed: settings.seeds[0]!, size };
    return ownConstant(fit, inputs, samplingOf(settings), draw, sharedAlgebra());
  }
}

/** A result without FID: there is no line in 1/N, and each metric has an estimand of its own. */
function withoutFid(metrics: readonly MetricResult[]) {
  return {
    estimates: metrics.flatMap((each) => each.estimates),
    performance: metrics.flatMap((each) => each.performance),
    estimand: null,
    fit: null,
    summary: metrics.map(({ summary }) => summary).join('. '),
  };
}

function withoutJournal(): Journal {
  return {
    done: new Map(),
    setAside: null,
    damaged: 0,
    add: async () => {},
    close: async () => {},
  };
}

/** The source of the draws, with a pool's moments if the remaining draws need them. */
async function sourceFor(
  units: readonly DrawUnit[],
  { replacement }: SweepSettings,
  { source, dimension, pool, poolMoments }: SweepInputs,
  watch: Watch,
): Promise<DrawSpec> {
  const { rows } = source;
  if (replacement || !poolMoments || rows.kind !== 'pool') return source;
  const wanted = units.flatMap((unit) => unit.wanted);
  if (!wanted.some((size) => isBeyondHalf(size, dimension, pool))) return source;
  return { ...source, rows: { ...rows, total: await poolMoments(watch) } };
}

/**
 * A hash of what decides the value of a draw: neither the seeds, since a sweep can be extended, nor
 * how the draws are summarised.
 */
export function sweepIdentity(
  settings: SweepSettings,
  { provenance, source }: SweepInputs,
): string {
  const { sizes, study_seed, replacement, nested, exact_moments, rows } = settings;
  const { metric, reference_rows } = settings;
  const identity = {
    study: packageVersion(),
    sizes,
    study_seed,
    replacement,
    nested,
    exact_moments,
    rows,
    precision: source.precision,
    inputs: provenance,
    ...(metric && { metric, reference_rows }),
  };
  // Inputs are identified by content: their path, and how the same bytes were made, may change.
  const aside = ['path', 'extracted'];
  const text = JSON.stringify(identity, (key, value) => (aside.includes(key) ? undefined : value));
  return sha256Of(text);
}

function journalIdentity(
  settings: SweepSettings,
  inputs: SweepInputs,
  { spec }: ChosenMetrics,
): JournalIdentity {
  const source = { ...inputs.source, ...(spec && { metrics: spec }) };
  return { sweep: sweepIdentity(settings, inputs), numbers: hashOfSpec(source) };
}

/** How a sweep's draws are taken from its source. */
export function samplingOf({ study_seed, replacement, nested }: SweepSettings) {
  return { studySeed: study_seed, replacement, nested };
}

function requireSizes({ sizes, replacement }: SweepSettings, { pool, name }: SweepInputs): void {
  const largest = sizes.at(-1) ?? 0;
  if (pool !== null && !replacement && largest > pool) {
    throw new StudyError(
      `size ${largest} is larger than the pool of ${pool} in ${name}`,
      `give sizes up to ${pool}, or --replacement`,
    );
  }
}

function estimateRow(
  experiment: string,
  { replacement }: SweepSettings,
  { name, pool }: SweepInputs,
  { seed, size, terms, seconds, error }: DrawOutcome,
): EstimateRow {
  return {
    experiment,
    source: name,
    size,
    seed,
    pool,
    replacement,
    method: 'plug-in',
    estimate: terms?.distance ?? null,
    mean_term: terms?.meanTerm ?? null,
    trace_reference: terms?.traceReference ?? null,
    trace_generated: terms?.traceGenerated ?? null,
    trace_sqrt: terms?.traceSqrt ?? null,
    seconds,
    status: terms ? 'ok' : 'failed',
    error,
  };
}
