import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import type { StateDict } from '../torch/state-dict.ts';
import { blockA, blockB, blockC, blockD, blockE } from './fid-blocks.ts';
import { fidLayers, type Maps } from './fid-layers.ts';
import { type FidMode, fidPreprocessing } from './fid-preprocessing.ts';
import { imageInput, imageOpset } from './image-input.ts';

/**
 * The FID Inception as an ONNX file: uint8 images [N, H, W, 3] of any size to features [N, 2048].
 *
 * It is torchvision's Inception-v3 with three changes that pytorch-fid found in the TensorFlow network
 * of 2015: batch normalisation with epsilon 1e-3, average pools that ignore padding, and a max pool in
 * the last block.
 *
 * @throws StudyError unless the weights are exactly those of this network
 */
export function fidGraph(
  weights: StateDict,
  mode: FidMode,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new GraphBuilder('fid-inception');
  const images = fidPreprocessing(graph, imageInput(graph), mode);
  const maps = addBlocks(graph, weights, images);
  const pooled = graph.node('GlobalAveragePool', [maps.value]);
  const features = graph.node('Flatten', [pooled], { axis: { int: 1 } }, 'features');
  graph.output(features, 'float32', ['N', maps.channels]);
  return graph.encode({ opset: imageOpset, metadata: { ...metadata, mode } });
}

/** [N, 3, 299, 299] to [N, 2048, 8, 8]. */
function addBlocks(graph: GraphBuilder, weights: StateDict, images: Value): Maps {
  const layers = fidLayers(graph, weights);
  const { convolution, reduce } = layers;
  let x: Maps = { value: images, channels: 3 };

  // 299 × 299 to 35 × 35.
  x = convolution('Conv2d_1a_3x3', x, 32, [3, 3], { stride: 2 });
  x = convolution('Conv2d_2a_3x3', x, 32, [3, 3]);
  x = convolution('Conv2d_2b_3x3', x, 64, [3, 3], { padding: [1, 1] });
  x = reduce('max_1', x);
  x = convolution('Conv2d_3b_1x1', x, 80, [1, 1]);
  x = convolution('Conv2d_4a_3x3', x, 192, [3, 3]);
  x = reduce('max_2', x);

  // 35 × 35.
  x = blockA(32)(layers, 'Mixed_5b', x);
  x = blockA(64)(layers, 'Mixed_5c', x);
  x = blockA(64)(layers, 'Mixed_5d', x);

  // 17 × 17.
  x = blockB(layers, 'Mixed_6a', x);
  x = blockC(128)(layers, 'Mixed_6b', x);
  x = blockC(160)(layers, 'Mixed_6c', x);
  x = blockC(160)(layers, 'Mixed_6d', x);
  x = blockC(192)(layers, 'Mixed_6e', x);

  // 8 × 8.
  x = blockD(layers, 'Mixed_7a', x);
  x = blockE('averagePool')(layers, 'Mixed_7b', x);
  x = blockE('maxPool')(layers, 'Mixed_7c', x);
  layers.requireNoOthers();
  return x;
}
