import { parentPort } from 'node:worker_threads';
import { fastAlgebra } from '../linalg/fast.ts';
import type { OpenRows } from '../sources/draw-source.ts';
import { openRows } from '../sources/open-rows.ts';
import { type DrawOutcome, type DrawUnit, runUnit } from '../sweep/draw.ts';
import type { DrawJob } from './engine.ts';

export type ToWorker =
  | { readonly kind: 'job'; readonly job: DrawJob }
  | { readonly kind: 'unit'; readonly unit: DrawUnit };

export type FromWorker =
  | { readonly kind: 'outcome'; readonly outcome: DrawOutcome }
  | { readonly kind: 'idle' };

const port = parentPort;
if (!port) throw new Error('worker.ts runs in a worker thread only');

// One thread for products as well: the cores are filled by workers.
const algebra = fastAlgebra(1);
let opened: { job: DrawJob; rows: OpenRows } | null = null;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'job') {
    const { job } = message;
    opened = { job, rows: openRows(job.source.rows, job.sampling) };
  } else {
    void run(message.unit);
  }
});

async function run(unit: DrawUnit): Promise<void> {
  if (!opened) throw new Error('a unit came before its job');
  for await (const outcome of runUnit(unit, opened.job.source, opened.rows, algebra)) {
    port!.postMessage({ kind: 'outcome', outcome } satisfies FromWorker);
  }
  port!.postMessage({ kind: 'idle' } satisfies FromWorker);
}
