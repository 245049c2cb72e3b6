import { parentPort, workerData } from 'node:worker_threads';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { Answer, Request, SessionOptions } from './session.ts';

// onnxruntime's `run` holds its thread until it is done. Here that thread does nothing else, while
// the main one reads and decodes the images to come.
const port = parentPort;
if (!port) throw new Error('session-worker runs as a worker thread only');
const { path, provider, device, threads, optimization = 'all' } = workerData as SessionOptions;

// Errors come back as exceptions; onnxruntime would print them to stderr besides.
env.logLevel = 'fatal';
const opened = InferenceSession.create(path, {
  executionProviders: [{ name: provider, ...(device !== undefined && { deviceId: device }) }],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: optimization,
  // Threads that wait by spinning take the processors from the decoders, for half a percent.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
opened.then(
  () => answer({ id: 0 }),
  (error) => answer({ id: 0, error: message(error) }),
);

port.on('message', async (request: Request) => {
  const session = await opened;
  if ('close' in request) {
    await session.release();
    port.close();
    return;
  }
  const { id, pixels, height, width } = request;
  try {
    const count = pixels.length / (height * width * 3);
    const images = new Tensor('uint8', pixels, [count, height, width, 3]);
    const { features } = await session.run({ images });
    // A copy: onnxruntime's own memory cannot be handed to another thread.
    const copy = new Float32Array(features!.data as Float32Array);
    answer({ id, features: copy }, [copy.buffer]);
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
