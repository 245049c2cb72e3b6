import type { Tensor } from 'onnxruntime-node';
import { StudyError } from '../errors.ts';
import type { DecodedImage } from '../images/source.ts';
import { onnxruntime } from '../onnx/runtime.ts';
import type { Provider } from './provider.ts';
import type { Optimization } from './session.ts';

/** How to run the LPIPS network. */
export interface LpipsOptions {
  readonly provider: Provider;
  readonly threads: number;
  readonly optimization: Optimization;
  /** Pairs per run of the network. */
  readonly batchSize: number;
}

/**
 * LPIPS of each original and its copy by a user's ONNX file, as PyTorch exports it: two inputs float32
 * [N, 3, H, W] in [−1, 1], one output with a number for each pair.
 * @throws StudyError for a model with other inputs or outputs
 */
export async function lpipsOf(
  path: string,
  originals: readonly DecodedImage[],
  copies: readonly DecodedImage[],
  { provider, threads, optimization, batchSize }: LpipsOptions,
): Promise<number[]> {
  const session = await onnxruntime()
    .InferenceSession.create(path, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      graphOptimizationLevel: optimization,
    })
    .catch((cause) => {
      throw new StudyError(`cannot run ${path}: ${cause.message}`, 'is it an ONNX model?', {
        cause,
      });
    });
  const [first, second, ...others] = session.inputNames;
  const [output] = session.outputNames;
  if (!first || !second || others.length > 0 || !output) {
    throw new StudyError(
      `${path} has ${session.inputNames.length} inputs; LPIPS takes two images`,
      'export it with two inputs [N, 3, H, W] in [−1, 1]',
    );
  }
  const distances: number[] = [];
  for (let start = 0; start < originals.length; ) {
    const count = alike(originals, start, batchSize);
    const feeds = {
      [first]: tensor(originals.slice(start, start + count)),
      [second]: tensor(copies.slice(start, start + count)),
    };
    const { data } = (await session.run(feeds))[output]!;
    if (data.length !== count) {
      throw new StudyError(
        `${path} gave ${data.length} numbers for ${count} pairs of images`,
        'export LPIPS so that it gives one number for each pair of a batch',
      );
    }
    for (const value of data as Float32Array) distances.push(value);
    start += count;
  }
  await session.release();
  return distances;
}

/** How many images from `start` on have one size, up to a batch. */
function alike(images: readonly DecodedImage[], start: number, most: number): number {
  const { width, height } = images[start]!;
  const end = images.findIndex(
    (image, i) => i > start && (image.width !== width || image.height !== height),
  );
  return Math.min(most, (end < 0 ? images.length : end) - start);
}

function tensor(images: readonly DecodedImage[]): Tensor {
  const { width, height } = images[0]!;
  const plane = width * height;
  const values = new Float32Array(images.length * 3 * plane);
  for (const [n, { data }] of images.entries()) {
    for (let i = 0; i < data.length; i++) {
      values[(n * 3 + (i % 3)) * plane + Math.floor(i / 3)] = data[i]! / 127.5 - 1;
    }
  }
  return new (onnxruntime().Tensor)('float32', values, [images.length, 3, height, width]);
}
