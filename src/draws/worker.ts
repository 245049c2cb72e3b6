import { parentPort } from 'node:worker_threads';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { fastAlgebra } from '../linalg/fast.ts';
import { runUnit } from './draw.ts';
import { type OpenMetrics, openMetrics } from './draw-metrics.ts';
import type { DrawJob } from './engine.ts';
import { openRows } from './open-rows.ts';
import type { DrawOutcome, DrawUnit } from './outcome.ts';
import type { OpenRows } from './spec.ts';

export type ToWorker =
  | { readonly kind: 'job'; readonly job: DrawJob; readonly threads: number }
  | { readonly kind: 'unit'; readonly unit: DrawUnit }
  /** Drops the draw in progress; answered by `stopped`. */
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'outcome'; readonly outcome: DrawOutcome }
  | { readonly kind: 'idle' }
  | { readonly kind: 'stopped' };

const port = parentPort;
if (!port) throw new Error('worker.ts runs in a worker thread only');

interface Opened {
  readonly job: DrawJob;
  readonly rows: OpenRows;
  readonly metrics: OpenMetrics | null;
  readonly algebra: LinearAlgebra;
}

let opened: Opened | null = null;
let running: Promise<void> = Promise.resolve();
let isStopping = false;

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'job':
      opened = open(message.job, message.threads);
      break;
    case 'unit':
      running = run(message.unit);
      break;
    case 'stop':
      isStopping = true;
      void running.then(() => port.postMessage({ kind: 'stopped' } satisfies FromWorker));
  }
});

function open(job: DrawJob, threads: number): Opened {
  const rows = openRows(job.source.rows, job.sampling);
  const metrics = openMetrics(job.source, job.sampling);
  return { job, rows, metrics, algebra: fastAlgebra(threads, goOn) };
}

/** A draw that is no longer wanted ends at its next product: there is one in each block. */
function goOn(): void {
  if (isStopping) throw new Error('stopped');
}

async function run(unit: DrawUnit): Promise<void> {
  if (!opened) throw new Error('a unit came before its job');
  const { job, rows, metrics, algebra } = opened;
  for await (const outcome of runUnit(unit, job.source, rows, algebra, metrics)) {
    port!.postMessage({ kind: 'outcome', outcome } satisfies FromWorker);
  }
  port!.postMessage({ kind: 'idle' } satisfies FromWorker);
}
