import { z } from 'zod';
import { problems } from '../arrays/json.ts';
import { StudyError } from '../errors.ts';

// The layers that we translate, with exactly the settings that the translation assumes. A file with
// any other setting is refused.

const pair = z.tuple([z.int().positive(), z.int().positive()]);
const windowed = {
  strides: pair,
  padding: z.enum(['valid', 'same']),
  data_format: z.literal('channels_last'),
};
const inbound = z.array(z.array(z.tuple([z.string(), z.literal(0), z.literal(0)], z.unknown())));
const base = { name: z.string(), inbound_nodes: inbound };

const convolution = z.object({
  ...base,
  class_name: z.literal('Conv2D'),
  config: z.object({
    ...windowed,
    filters: z.int().positive(),
    kernel_size: pair,
    dilation_rate: z.tuple([z.literal(1), z.literal(1)]),
    activation: z.literal('linear'),
    use_bias: z.literal(false),
  }),
});

const normalisation = z.object({
  ...base,
  class_name: z.literal('BatchNormalization'),
  config: z.object({
    axis: z.literal(3),
    epsilon: z.number().positive(),
    center: z.literal(true),
    scale: z.literal(false),
  }),
});

const layerSchema = z.discriminatedUnion('class_name', [
  z.object({ ...base, class_name: z.literal('InputLayer') }),
  convolution,
  normalisation,
  z.object({
    ...base,
    class_name: z.literal('Activation'),
    config: z.object({ activation: z.literal('relu') }),
  }),
  z.object({
    ...base,
    class_name: z.enum(['MaxPooling2D', 'AveragePooling2D']),
    config: z.object({ ...windowed, pool_size: pair }),
  }),
  z.object({
    ...base,
    class_name: z.literal('Concatenate'),
    config: z.object({ axis: z.literal(3) }),
  }),
]);

const topologySchema = z.object({
  model_config: z.object({
    class_name: z.literal('Model'),
    config: z.object({ layers: z.array(z.looseObject({ name: z.string() })) }),
  }),
});

export type ConvolutionLayer = z.infer<typeof convolution>;
export type NormalisationLayer = z.infer<typeof normalisation>;

/** A layer with the names of the layers that it reads. */
export type KerasLayer = z.infer<typeof layerSchema> & { inputs: string[] };

/**
 * The layers of a Keras functional model up to and including one of them, in the file's order,
 * which is topological.
 *
 * @param topology `modelTopology` of a TensorFlow.js layers model
 * @param last name of the layer to stop at; later layers are ignored
 * @throws StudyError for a layer that we cannot translate, a shared layer, or no layer `last`
 */
export function kerasLayers(topology: unknown, last: string): KerasLayer[] {
  const { layers } = parse(topologySchema, topology, 'model topology').model_config.config;
  const end = layers.findIndex((layer) => layer.name === last);
  if (end === -1) throw untranslatable(`the model has no layer ${last}`);
  return layers.slice(0, end + 1).map((unknown) => {
    const layer = parse(layerSchema, unknown, `layer ${unknown.name}`);
    const calls = layer.inbound_nodes;
    if (calls.length > 1) throw untranslatable(`layer ${layer.name} is shared by several calls`);
    return { ...layer, inputs: (calls[0] ?? []).map(([name]) => name) };
  });
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw untranslatable(`unexpected ${what}: ${problems(parsed.error)}`);
}

/** The one supported file is pinned by its hash; other files have other layers. */
export function untranslatable(what: string): StudyError {
  return new StudyError(
    what,
    'this Keras model cannot be translated: export it as ONNX and use --model FILE.onnx, see docs/custom-models.md',
  );
}
