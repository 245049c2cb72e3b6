import { GraphBuilder } from '../onnx/graph-builder.ts';
import { bytesInput, fitted, middleSquare, scaled } from './custom/preprocessing.ts';
import { imageOpset } from './image-input.ts';
import { transposed, type VitShape, vitLayers } from './vit-layers.ts';
import type { VitWeights } from './vit-weights.ts';

/** CLIP's own. */
const scaling = {
  divisor: 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
} as const;

/** The network of texts, what joins the two, and a list of numbers 0, 1, 2, … */
const unused =
  /^(text_model\..*|text_projection\.weight|logit_scale|vision_model\.embeddings\.position_ids)$/;

export interface ClipShape extends VitShape {
  /** Numbers in a row of features. */
  readonly projection: number;
}

/**
 * The image network of CLIP (Radford et al., 2021) as an ONNX file: uint8 images [N, H, W, 3] of any
 * size to features [N, projection] of length 1. Tensors have the names of Hugging Face's transformers.
 * Images are prepared as CMMD does: the middle square, then Pillow's bicubic.
 *
 * @throws StudyError unless the weights are exactly those of this network
 */
export function clipGraph(
  weights: VitWeights,
  shape: ClipShape,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { image, patch, width, inner, projection } = shape;
  const graph = new GraphBuilder('clip');
  const layers = vitLayers(graph, weights, shape, 1e-5);
  const { add, linear, norm } = layers;
  const model = 'vision_model';

  const size = fitted(graph, middleSquare(graph, bytesInput(graph)), {
    resize: { size: [image, image], shortest: undefined, filter: 'pillow-bicubic' },
  });
  const images = scaled(graph, size, {
    ...scaling,
    mean: [...scaling.mean],
    std: [...scaling.std],
  });
  const patches = layers.patches(images, `${model}.embeddings.patch_embedding`, false);
  const tokens = 1 + (image / patch) ** 2;
  let x = layers.withClassToken(
    patches,
    weights.values(`${model}.embeddings.class_embedding`, [width]),
    weights.values(`${model}.embeddings.position_embedding.weight`, [tokens, width]),
  );
  // The name is misspelt in the weights.
  x = norm(x, `${model}.pre_layrnorm`);

  for (let layer = 0; layer < shape.layers; layer += 1) {
    const name = `${model}.encoder.layers.${layer}`;
    const names = {
      query: `${name}.self_attn.q_proj`,
      key: `${name}.self_attn.k_proj`,
      value: `${name}.self_attn.v_proj`,
      output: `${name}.self_attn.out_proj`,
    };
    x = add(x, layers.attention(norm(x, `${name}.layer_norm1`), names));
    const [one, two] = [`${name}.mlp.fc1`, `${name}.mlp.fc2`];
    const wide = linear(norm(x, `${name}.layer_norm2`), one, layers.tensors(one, inner, width));
    x = add(x, linear(layers.quickGelu(wide), two, layers.tensors(two, width, inner)));
  }

  // Two tokens of each image: a product of one row alone has a kernel of its own in the runtime, which
  // gives other bits to an image that is alone in its batch.
  const some = graph.initializer('some', BigInt64Array.of(0n, 1n));
  const kept = graph.node('Gather', [x, some], { axis: { int: 1 } });
  const normed = norm(kept, `${model}.post_layernorm`);
  const matrix = weights.values('visual_projection.weight', [projection, width]);
  const right = transposed(matrix, projection, width);
  const product = graph.initializer('visual_projection', right, [width, projection]);
  const projected = graph.node('MatMul', [normed, product]);
  const first = graph.initializer('first', BigInt64Array.of(0n), []);
  const row = graph.node('Gather', [projected, first], { axis: { int: 1 } });
  const axis = graph.initializer('row', BigInt64Array.of(1n));
  const length = graph.node('ReduceL2', [row, axis]);
  graph.output(graph.node('Div', [row, length], {}, 'features'), 'float32', ['N', projection]);
  weights.requireNoOthers(unused);
  return graph.encode({ opset: imageOpset, metadata });
}
