import { npmPackage } from '../downloads/npm-package.ts';
import { readTarball } from '../downloads/tarball.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { imageInput, imageOpset, resizeBilinear } from './image-input.ts';
import { exportedLiteral } from './javascript-literal.ts';
import { addKerasLayers } from './keras-graph.ts';
import { kerasLayers, untranslatable } from './keras-layers.ts';
import { kerasWeights } from './keras-weights.ts';
import type { KnownModel } from './model.ts';

const folder = 'package/dist/models/inception_v3';
const inputSize = 299;

/** Global average of the last block: 8 × 8 × 2048 → 2048. */
const pool = 'average_pooling2d_10';

/**
 * The Keras Inception-v3 that the npm package nsfwjs ships, with uint8-quantised weights: a trained
 * network of 2048 features that needs only npm. It is not the network of FID.
 *
 * Source: https://github.com/infinitered/nsfwjs (MIT).
 */
export const nsfwInceptionV3: KnownModel = {
  name: 'nsfw-inception-v3',
  mode: 'bilinear-half-pixel',
  dimension: 2048,
  comparable: false,
  description: 'Inception-v3 of the npm package nsfwjs: a trained network that needs only npm',
  caution: 'its distances are not comparable with published FIDs',
  licence: 'MIT',
  recipe: 1,
  source: npmPackage(
    'nsfwjs@4.4.0',
    'krC1fgeTLXtZwgdpKJ0jm7hqv0gTSRQQRL+FhOaxaJ9Wj92t42BO3csO2odwgTAgZgf2RvkwPtp0R8Aa7dc+MA==',
  ),
  build,
};

async function build(tarball: Uint8Array): Promise<Uint8Array> {
  const files = await readTarball(tarball);
  const model = moduleData(files, 'model') as {
    modelTopology?: unknown;
    weightsManifest?: unknown;
  };
  const weights = kerasWeights(model.weightsManifest, (path) => shard(files, path));

  const graph = new GraphBuilder('nsfw-inception-v3');
  const pixels = imageInput(graph);
  const byte = graph.initializer('scale/255', Float32Array.of(255), []);
  const images = resizeBilinear(graph, graph.node('Div', [pixels, byte]), inputSize);
  const pooled = addKerasLayers(graph, kerasLayers(model.modelTopology, pool), weights, images);
  const features = graph.node('Flatten', [pooled], { axis: { int: 1 } }, 'features');
  graph.output(features, 'float32', ['N', 2048]);

  return graph.encode({ opset: imageOpset, metadata: { source: 'nsfwjs@4.4.0', licence: 'MIT' } });
}

/** What a module of the package exports, read without running it. */
function moduleData(files: Map<string, Uint8Array>, name: string) {
  const path = `${folder}/${name}.min.js`;
  const bytes = files.get(path);
  if (!bytes) throw untranslatable(`the tarball has no ${path}`);
  return exportedLiteral(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
}

function shard(files: Map<string, Uint8Array>, path: string): Uint8Array {
  const text = moduleData(files, path);
  if (typeof text !== 'string') throw untranslatable(`shard ${path} is not a base64 string`);
  return Buffer.from(text, 'base64');
}
