import { GraphBuilder } from '../onnx/graph-builder.ts';
import { bytesInput, fitted, scaled } from './custom/preprocessing.ts';
import { resizedPositions } from './dinov2-positions.ts';
import { imageOpset } from './image-input.ts';
import { scaledBy, type VitShape, vitLayers } from './vit-layers.ts';
import type { VitWeights } from './vit-weights.ts';

/** ImageNet's. */
const scaling = { divisor: 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** A token that hides patches in training. */
const unused = /^embeddings\.mask_token$/;

/**
 * DINOv2 (Oquab et al., 2023) as an ONNX file: uint8 images [N, H, W, 3] of any size to features
 * [N, width], the class token after the last layer norm. Tensors have the names of Hugging Face's
 * transformers. Images are resized as dgm-eval does for FD-DINOv2: to a square with Pillow's bicubic.
 *
 * @throws StudyError unless the weights are exactly those of this network
 */
export function dinov2Graph(
  weights: VitWeights,
  shape: VitShape,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { image, patch, width, inner } = shape;
  const graph = new GraphBuilder('dinov2');
  const layers = vitLayers(graph, weights, shape, 1e-6);
  const { add, linear, norm } = layers;

  const size = fitted(graph, bytesInput(graph), {
    resize: { size: [image, image], shortest: undefined, filter: 'pillow-bicubic' },
  });
  const images = scaled(graph, size, {
    ...scaling,
    mean: [...scaling.mean],
    std: [...scaling.std],
  });
  const patches = layers.patches(images, 'embeddings.patch_embeddings.projection', true);
  const stored = 'embeddings.position_embeddings';
  const positions = weights.values(stored, [1, weights.shapeOf(stored)[1] ?? 0, width]);
  let x = layers.withClassToken(
    patches,
    weights.values('embeddings.cls_token', [1, 1, width]),
    resizedPositions(positions, width, image / patch),
  );

  for (let layer = 0; layer < shape.layers; layer += 1) {
    const name = `encoder.layer.${layer}`;
    const scale = (which: 1 | 2) => weights.values(`${name}.layer_scale${which}.lambda1`, [width]);
    const names = {
      query: `${name}.attention.attention.query`,
      key: `${name}.attention.attention.key`,
      value: `${name}.attention.attention.value`,
      output: `${name}.attention.output.dense`,
    };
    x = add(x, layers.attention(norm(x, `${name}.norm1`), names, scale(1)));
    const [one, two, factors] = [`${name}.mlp.fc1`, `${name}.mlp.fc2`, scale(2)];
    const wide = linear(norm(x, `${name}.norm2`), one, layers.tensors(one, inner, width));
    const narrow = scaledBy(layers.tensors(two, width, inner), (row) => factors[row]!);
    x = add(x, linear(layers.gelu(wide), two, narrow));
  }

  const first = graph.initializer('first', BigInt64Array.of(0n), []);
  const token = graph.node('Gather', [x, first], { axis: { int: 1 } });
  const features = graph.node('Identity', [norm(token, 'layernorm')], {}, 'features');
  graph.output(features, 'float32', ['N', width]);
  weights.requireNoOthers(unused);
  return graph.encode({ opset: imageOpset, metadata });
}
