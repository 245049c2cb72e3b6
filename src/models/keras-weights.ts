import { z } from 'zod';
import { problems } from '../arrays/json.ts';
import { untranslatable } from './keras-layers.ts';

const manifestSchema = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().nonnegative()),
        dtype: z.literal('float32'),
        quantization: z.object({ dtype: z.literal('uint8'), min: z.number(), scale: z.number() }),
      }),
    ),
  }),
);

/** A weight's values in row-major order; throws StudyError for an unknown name or shape. */
export type KerasWeights = (name: string, shape: readonly number[]) => Float32Array;

/**
 * The weights of a uint8-quantised TensorFlow.js layers model. The joined shards of a group hold one
 * byte per value, in the manifest's order; the value is byte · scale + min, rounded once to float32 as
 * TensorFlow.js does (`decodeWeights` in tfjs-core). Values are made on request, so that they are not
 * all in memory at once.
 *
 * @param manifest `weightsManifest` of the model file
 * @param shard the bytes of a shard, by its path in the manifest
 * @throws StudyError if the manifest has another form or the shards do not fill it
 */
export function kerasWeights(manifest: unknown, shard: (path: string) => Uint8Array): KerasWeights {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) {
    throw untranslatable(`unexpected weights manifest: ${problems(parsed.error)}`);
  }
  const values = new Map<string, { shape: string; make: () => Float32Array }>();
  for (const { paths, weights } of parsed.data) {
    const bytes = Buffer.concat(paths.map(shard));
    let at = 0;
    for (const { name, shape, quantization } of weights) {
      const quantised = bytes.subarray(at, at + count(shape));
      at += count(shape);
      const { scale, min } = quantization;
      const make = () => new Float32Array(quantised).map((byte) => byte * scale + min);
      values.set(name, { shape: String(shape), make });
    }
    if (at !== bytes.length) {
      throw untranslatable(`shards ${paths.join(', ')} hold ${bytes.length} weights, not ${at}`);
    }
  }
  return (name, shape) => {
    const found = values.get(name);
    if (found?.shape === String(shape)) return found.make();
    throw untranslatable(`weight ${name} is [${found?.shape ?? 'absent'}], not [${shape}]`);
  };
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
