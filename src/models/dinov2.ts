import type { HubFile } from '../downloads/hub-file.ts';
import { dinov2Graph } from './dinov2-graph.ts';
import type { HubModel } from './model.ts';
import type { VitShape } from './vit-layers.ts';
import { withWeights } from './vit-weights.ts';

const base = { image: 224, patch: 14 } as const;

/**
 * DINOv2 by Meta, for FD-DINOv2 as dgm-eval measures it (with the larger of the two).
 *
 * Source: https://huggingface.co/facebook/dinov2-large (Apache-2.0).
 */
export const dinov2: readonly HubModel[] = [
  dinov2Model({
    name: 'dinov2-vit-l-14',
    description: 'DINOv2 ViT-L/14 of Meta, for FD-DINOv2 as dgm-eval measures it',
    repository: 'facebook/dinov2-large',
    shape: { ...base, width: 1024, layers: 24, heads: 16, inner: 4096 },
  }),
  dinov2Model({
    name: 'dinov2-vit-b-14',
    description: 'DINOv2 ViT-B/14 of Meta: a third of the size',
    repository: 'facebook/dinov2-base',
    shape: { ...base, width: 768, layers: 12, heads: 12, inner: 3072 },
  }),
];

/** A DINOv2 of any shape. */
export function dinov2Model({
  name,
  description,
  repository,
  shape,
}: Pick<HubModel, 'name' | 'description'> &
  Pick<HubFile, 'repository'> & { readonly shape: VitShape }): HubModel {
  const licence = 'Apache-2.0';
  return {
    name,
    mode: `pillow-bicubic-${shape.image}`,
    dimension: shape.width,
    comparable: false,
    description,
    caution: 'its distances are FD-DINOv2, not FIDs',
    licence,
    recipe: 1,
    hub: {
      what: `the weights of ${name}`,
      repository,
      file: 'model.safetensors',
      command: `study models pull ${name}`,
    },
    build: async (path, sha256) =>
      withWeights(path, (weights) =>
        dinov2Graph(weights, shape, { weights: `sha256 ${sha256}`, licence }),
      ),
  };
}
