import { parentPort, workerData } from 'node:worker_threads';
import { onnxruntime } from '../onnx/runtime.ts';
import { type Drawn, type DrawOptions, loadGenerator } from './network.ts';

// onnxruntime's `run` blocks its thread until it is done.
const port = parentPort;
if (!port) throw new Error('generators/worker runs as a worker thread only');

/** What comes back for each first image. */
export interface Answer {
  readonly first: number;
  readonly drawn?: Drawn;
  readonly error?: string;
}

// Errors come back as exceptions; onnxruntime would also print them to stderr.
onnxruntime().env.logLevel = 'fatal';
const opened = loadGenerator(workerData as DrawOptions);
// Whoever asks for images is told.
opened.catch(() => {});

port.on('message', async (first: number) => {
  let answer: Answer;
  try {
    answer = { first, drawn: await (await opened).draw(first) };
  } catch (error) {
    answer = { first, error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer, answer.drawn ? [answer.drawn.images.buffer] : []);
});
