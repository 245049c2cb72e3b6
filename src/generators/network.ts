import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { onnxruntime } from '../onnx/runtime.ts';
import { isColour } from './fit.ts';
import type { Generator } from './generator.ts';
import { fillLatent, labelOf } from './latents.ts';

/** What a thread needs to draw images. */
export interface DrawOptions extends Pick<Generator, 'path' | 'description' | 'fit'> {
  readonly seed: number;
  /** onnxruntime's execution provider, and the number of its device. */
  readonly provider: string;
  readonly device?: number | undefined;
}

/** Consecutive images. */
export interface Drawn {
  /** uint8 [batch, height, width, 3] */
  readonly images: Uint8Array<ArrayBuffer>;
  /** Places in the batch whose values are not finite, and one such value. */
  readonly bad: readonly (readonly [place: number, value: number])[];
}

/** A generator loaded on this thread. */
export interface GeneratorNetwork {
  /** Images `first` to `first + batch` of the stream. */
  draw(first: number): Promise<Drawn>;
}

/** Loads a generator. One thread runs it: with several, sums may depend on their number. */
export async function loadGenerator(options: DrawOptions): Promise<GeneratorNetwork> {
  const { path, description, fit, seed, provider, device } = options;
  const { InferenceSession, Tensor } = onnxruntime();
  const { latent, classes, output } = description;
  const { batch, height, width } = fit;
  const session = await InferenceSession.create(path, {
    executionProviders: [{ name: provider, ...(device !== undefined && { deviceId: device }) }],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const each = latent.shape.reduce((product, length) => product * length, 1);

  function feedsOf(first: number): InferenceSession.FeedsType {
    const values = new Float32Array(batch * each);
    for (let i = 0; i < batch; i += 1) {
      fillLatent(latent, seed, first + i, values.subarray(i * each, (i + 1) * each));
    }
    const feeds = { [latent.name]: new Tensor('float32', values, [batch, ...latent.shape]) };
    if (!classes || !fit.classes) return feeds;
    const labels = Array.from({ length: batch }, (_, i) => labelOf(classes, seed, first + i));
    return { ...feeds, [classes.name]: labelTensor(labels, classes.count, fit.classes) };
  }

  return {
    async draw(first) {
      const given = await session.run(feedsOf(first), [output.name]);
      const tensor = given[output.name]!;
      requireImages(tensor, [batch, height, width], output.layout);
      return quantised(tensor, fit, output);
    },
  };
}

function labelTensor(
  labels: readonly number[],
  count: number,
  kind: NonNullable<DrawOptions['fit']['classes']>,
): Tensor {
  const { Tensor } = onnxruntime();
  if (kind === 'int64') {
    return new Tensor('int64', BigInt64Array.from(labels, BigInt), [labels.length]) as Tensor;
  }
  if (kind === 'int32') return new Tensor('int32', Int32Array.from(labels), [labels.length]);
  const ones = new Float32Array(labels.length * count);
  for (const [i, label] of labels.entries()) ones[i * count + label] = 1;
  return new Tensor('float32', ones, [labels.length, count]);
}

function requireImages(
  { dims, type }: Tensor,
  [batch, height, width]: readonly [number, number, number],
  layout: 'NCHW' | 'NHWC',
): void {
  const channels = (layout === 'NCHW' ? dims[1] : dims[3]) ?? 0;
  const wanted =
    layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels];
  if (String(dims) === String(wanted) && isColour(channels)) return;
  const shape = layout === 'NCHW' ? [batch, 3, height, width] : [batch, height, width, 3];
  throw new Error(`it gives ${type} [${dims}], not images [${shape}]`);
}

/**
 * To bytes [batch, height, width, 3]: black is 0, white 255, halves go up, and what is beyond is cut off,
 * as torchvision's `save_image` does and as (x · 127.5 + 128) of [−1, 1] cut to bytes.
 */
export function quantised(
  { data, dims, type }: Tensor,
  { batch, height, width }: DrawOptions['fit'],
  { layout, range }: DrawOptions['description']['output'],
): Drawn {
  const values = data as Float32Array | Uint8Array;
  const channels = (layout === 'NCHW' ? dims[1] : dims[3])!;
  const [black, white] = type === 'uint8' ? [0, 255] : range!;
  const scale = 255 / (white - black);
  const plane = height * width;
  const images = new Uint8Array(batch * plane * 3);
  const bad: (readonly [number, number])[] = [];
  const [acrossChannel, acrossPixel] = layout === 'NCHW' ? [plane, 1] : [1, channels];
  for (let image = 0; image < batch; image += 1) {
    const start = image * channels * plane;
    let wrong: number | undefined;
    for (let pixel = 0; pixel < plane; pixel += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const from = channels === 1 ? 0 : channel;
        const value = values[start + from * acrossChannel + pixel * acrossPixel]!;
        if (!Number.isFinite(value)) wrong ??= value;
        const level = Math.floor((value - black) * scale + 0.5);
        images[(image * plane + pixel) * 3 + channel] = Math.min(Math.max(level, 0), 255);
      }
    }
    if (wrong !== undefined) bad.push([image, wrong]);
  }
  return { images, bad };
}
