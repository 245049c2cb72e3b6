import type { HubFile } from '../downloads/hub-file.ts';
import { type ClipShape, clipGraph } from './clip-graph.ts';
import type { HubModel } from './model.ts';
import { withWeights } from './vit-weights.ts';

/**
 * CLIP's image network by OpenAI, as CMMD uses it.
 *
 * Source: https://huggingface.co/openai/clip-vit-large-patch14-336 (MIT, as https://github.com/openai/CLIP).
 */
export const clip: readonly HubModel[] = [
  clipModel({
    name: 'clip-vit-l-14-336',
    description: 'the image network of CLIP ViT-L/14 at 336, as CMMD uses it',
    repository: 'openai/clip-vit-large-patch14-336',
    shape: {
      image: 336,
      patch: 14,
      width: 1024,
      layers: 24,
      heads: 16,
      inner: 4096,
      projection: 768,
    },
  }),
];

/** A CLIP of any shape. */
export function clipModel({
  name,
  description,
  repository,
  shape,
}: Pick<HubModel, 'name' | 'description'> &
  Pick<HubFile, 'repository'> & { readonly shape: ClipShape }): HubModel {
  const licence = 'MIT';
  const command = `study models pull ${name}`;
  return {
    name,
    mode: `square-pillow-bicubic-${shape.image}`,
    dimension: shape.projection,
    comparable: false,
    description,
    caution: 'its distances are not FIDs',
    licence,
    recipe: 1,
    hub: {
      what: `the weights of ${name}`,
      repository,
      file: 'model.safetensors',
      command,
      elsewhere: `where the repository has the weights in another format only, save them in Python: transformers.CLIPModel.from_pretrained('${repository}').save_pretrained('DIR'), and run: ${command} --from DIR/model.safetensors`,
    },
    build: async (path, sha256) =>
      withWeights(path, (weights) =>
        clipGraph(weights, shape, { weights: `sha256 ${sha256}`, licence }),
      ),
  };
}
