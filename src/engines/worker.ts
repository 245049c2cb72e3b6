import { parentPort } from 'node:worker_threads';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { fastAlgebra } from '../linalg/fast.ts';
import type { Floats, GemmOptions, Matrix } from '../linalg/gemm.ts';
import type { OpenRows } from '../sources/draw-source.ts';
import { openRows } from '../sources/open-rows.ts';
import { type DrawOutcome, type DrawUnit, runUnit } from '../sweep/draw.ts';
import type { DrawJob } from './engine.ts';

export type ToWorker =
  | { readonly kind: 'job'; readonly job: DrawJob }
  | { readonly kind: 'unit'; readonly unit: DrawUnit }
  /** Gives up what is under way; answered by `stopped`. */
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'outcome'; readonly outcome: DrawOutcome }
  | { readonly kind: 'idle' }
  | { readonly kind: 'stopped' };

const port = parentPort;
if (!port) throw new Error('worker.ts runs in a worker thread only');

// One thread for products as well: the cores are filled by workers.
const fast = fastAlgebra(1);
const algebra: LinearAlgebra = { ...fast, gemm: { ...fast.gemm, multiply } };
let opened: { job: DrawJob; rows: OpenRows } | null = null;
let running: Promise<void> = Promise.resolve();
let isStopping = false;

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'job':
      opened = { job: message.job, rows: openRows(message.job.source.rows, message.job.sampling) };
      break;
    case 'unit':
      running = run(message.unit);
      break;
    case 'stop':
      isStopping = true;
      void running.then(() => port.postMessage({ kind: 'stopped' } satisfies FromWorker));
  }
});

/** A product, the place where a draw that is no longer wanted ends: there is one in each block. */
async function multiply<T extends Floats>(
  a: Matrix<T>,
  b: Matrix<T>,
  options?: GemmOptions<T>,
): Promise<Matrix<T>> {
  if (isStopping) throw new Error('stopped');
  return fast.gemm.multiply(a, b, options);
}

async function run(unit: DrawUnit): Promise<void> {
  if (!opened) throw new Error('a unit came before its job');
  for await (const outcome of runUnit(unit, opened.job.source, opened.rows, algebra)) {
    port!.postMessage({ kind: 'outcome', outcome } satisfies FromWorker);
  }
  port!.postMessage({ kind: 'idle' } satisfies FromWorker);
}
