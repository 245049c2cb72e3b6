import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Adapter } from '../models/extractor.ts';
import { onnxruntime } from '../onnx/runtime.ts';
import type { SessionOptions } from './session.ts';

/** A model loaded on this thread; `run` blocks the thread until it is done. */
export interface Network {
  /** Features [N, dimension] of images uint8 [N, height, width, 3]. */
  run(pixels: Uint8Array, height: number, width: number): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

/** Loads a model and, with an adapter, the graphs before and after it. */
export async function loadNetwork(options: SessionOptions): Promise<Network> {
  const { path, adapter, provider, device, threads, optimization = 'all' } = options;
  const { InferenceSession, Tensor } = onnxruntime();
  const settings: InferenceSession.SessionOptions = {
    executionProviders: [{ name: provider, ...(device !== undefined && { deviceId: device }) }],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimization,
    // Threads that spin while waiting take processors from the decoders and gain half a percent.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const network = await InferenceSession.create(path, settings);
  const load = (onnx: Uint8Array) => InferenceSession.create(onnx, settings);
  const around = adapter && {
    before: await load(adapter.before),
    after: await load(adapter.after),
  };
  return {
    async run(pixels, height, width) {
      const count = pixels.length / (height * width * 3);
      const images = new Tensor('uint8', pixels, [count, height, width, 3]);
      if (!around) return copied((await network.run({ images })).features!);
      const { values } = await around.before.run({ images });
      const rows: Float32Array<ArrayBuffer>[] = [];
      for (const part of parts(values!, adapter.batch)) {
        const given = await network.run({ [adapter.input]: part.tensor }, [adapter.output]);
        const { features } = await around.after.run({ output: given[adapter.output]! });
        const all = copied(features!);
        rows.push(all.subarray(0, (all.length / features!.dims[0]!) * part.images));
      }
      return joined(rows);
    },
    async release() {
      for (const session of [network, around?.before, around?.after]) await session?.release();
    },
  };
}

/** Images in batches of the size that a network takes; the last batch is padded with zeros. */
function* parts(
  values: Tensor,
  batch: Adapter['batch'],
): Generator<{ tensor: Tensor; images: number }> {
  const { Tensor } = onnxruntime();
  const [count, ...dims] = values.dims as [number, ...number[]];
  if (batch === null || batch === count) {
    yield { tensor: values, images: count };
    return;
  }
  const data = values.data as Float32Array | Uint8Array;
  const type = values.type as 'float32' | 'uint8';
  const each = data.length / count;
  for (let first = 0; first < count; first += batch) {
    const part = type === 'uint8' ? new Uint8Array(batch * each) : new Float32Array(batch * each);
    part.set(data.subarray(first * each, (first + batch) * each));
    const images = Math.min(batch, count - first);
    yield { tensor: new Tensor(type, part as never, [batch, ...dims]) as Tensor, images };
  }
}

/** onnxruntime's memory cannot be transferred to another thread. */
function copied({ data }: Tensor): Float32Array<ArrayBuffer> {
  return new Float32Array(data as Float32Array);
}

function joined(rows: readonly Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer> {
  if (rows.length === 1 && rows[0]!.byteLength === rows[0]!.buffer.byteLength) return rows[0]!;
  const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}
