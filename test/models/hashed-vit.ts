import type { ClipShape } from '../../src/models/clip-graph.ts';
import type { VitShape } from '../../src/models/vit-layers.ts';
import { float32, safeFile, type Written } from '../torch/safe-file.ts';
import { uniform } from './hashed-weights.ts';

// The same as in fixtures/make-vit-features.py, which gave them to PyTorch's layers.

export const smallDinov2: VitShape = {
  image: 224,
  patch: 14,
  width: 32,
  layers: 3,
  heads: 4,
  inner: 96,
};
export const smallClip: ClipShape = { ...smallDinov2, image: 336, projection: 24 };

type Shapes = Record<string, readonly number[]>;

function linear(name: string, outputs: number, inputs: number): Shapes {
  return { [`${name}.weight`]: [outputs, inputs], [`${name}.bias`]: [outputs] };
}

function norm(name: string, width: number): Shapes {
  return { [`${name}.weight`]: [width], [`${name}.bias`]: [width] };
}

/** Names and shapes of DINOv2's tensors on the hub. */
export function dinov2Shapes({ width, layers, inner, patch }: VitShape): Shapes {
  const shapes: Shapes = {
    'embeddings.cls_token': [1, 1, width],
    'embeddings.mask_token': [1, width],
    'embeddings.position_embeddings': [1, 1370, width],
    'embeddings.patch_embeddings.projection.weight': [width, 3, patch, patch],
    'embeddings.patch_embeddings.projection.bias': [width],
  };
  for (let layer = 0; layer < layers; layer++) {
    const name = `encoder.layer.${layer}`;
    Object.assign(shapes, norm(`${name}.norm1`, width), norm(`${name}.norm2`, width));
    for (const part of ['attention.query', 'attention.key', 'attention.value', 'output.dense']) {
      Object.assign(shapes, linear(`${name}.attention.${part}`, width, width));
    }
    Object.assign(shapes, linear(`${name}.mlp.fc1`, inner, width));
    Object.assign(shapes, linear(`${name}.mlp.fc2`, width, inner));
    for (const i of [1, 2]) shapes[`${name}.layer_scale${i}.lambda1`] = [width];
  }
  return { ...shapes, ...norm('layernorm', width) };
}

/** Those of CLIP, with one of the network of texts. */
export function clipShapes({ width, layers, inner, patch, image, projection }: ClipShape): Shapes {
  const model = 'vision_model';
  const shapes: Shapes = {
    logit_scale: [],
    'text_model.final_layer_norm.weight': [width],
    [`${model}.embeddings.class_embedding`]: [width],
    [`${model}.embeddings.patch_embedding.weight`]: [width, 3, patch, patch],
    [`${model}.embeddings.position_embedding.weight`]: [1 + (image / patch) ** 2, width],
    'visual_projection.weight': [projection, width],
    ...norm(`${model}.pre_layrnorm`, width),
    ...norm(`${model}.post_layernorm`, width),
  };
  for (let layer = 0; layer < layers; layer++) {
    const name = `${model}.encoder.layers.${layer}`;
    Object.assign(shapes, norm(`${name}.layer_norm1`, width), norm(`${name}.layer_norm2`, width));
    for (const part of ['q', 'k', 'v', 'out']) {
      Object.assign(shapes, linear(`${name}.self_attn.${part}_proj`, width, width));
    }
    Object.assign(shapes, linear(`${name}.mlp.fc1`, inner, width));
    Object.assign(shapes, linear(`${name}.mlp.fc2`, width, inner));
  }
  return shapes;
}

/** A safetensors file of hashed weights; `change` alters its tensors. */
export function hashedFile(shapes: Shapes, change: Record<string, Written> = {}): Buffer {
  const tensors = Object.entries(shapes).map(([name, shape]) => [name, hashed(name, shape)]);
  return safeFile({ ...Object.fromEntries(tensors), ...change }, { format: 'pt' });
}

function hashed(name: string, shape: readonly number[]): Written {
  const count = shape.reduce((product, each) => product * each, 1);
  const [low, high] = rangeOf(name, shape);
  return float32(shape, uniform(name, count, low, high));
}

function rangeOf(name: string, shape: readonly number[]): readonly [low: number, high: number] {
  if (name.endsWith('lambda1')) return [0.25, 1];
  if (!name.endsWith('.weight')) return [-0.5, 0.5];
  if (name.includes('norm')) return [0.75, 1.25];
  const bound = Math.sqrt(6 / shape.slice(1).reduce((product, each) => product * each, 1));
  return [-bound, bound];
}
