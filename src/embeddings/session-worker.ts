import { parentPort, workerData } from 'node:worker_threads';
import { onnxruntime } from '../onnx/runtime.ts';
import { loadNetwork } from './network.ts';
import type { Answer, Request, SessionOptions } from './session.ts';

// onnxruntime's `run` blocks its thread until it is done. This thread does nothing else, while the
// main thread reads and decodes the next images.
const port = parentPort;
if (!port) throw new Error('session-worker runs as a worker thread only');

// Errors come back as exceptions; onnxruntime would also print them to stderr.
onnxruntime().env.logLevel = 'fatal';
const opened = loadNetwork(workerData as SessionOptions);
opened.then(
  () => answer({ id: 0 }),
  (error) => answer({ id: 0, error: message(error) }),
);

port.on('message', async (request: Request) => {
  const network = await opened;
  if ('close' in request) {
    await network.release();
    port.close();
    return;
  }
  const { id, pixels, height, width } = request;
  try {
    const features = await network.run(pixels, height, width);
    answer({ id, features }, [features.buffer]);
  } catch (error) {
    answer({ id, error: message(error) });
  }
});

function answer(value: Answer, transfer: ArrayBuffer[] = []): void {
  port!.postMessage(value, transfer);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
