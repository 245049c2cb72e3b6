import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import type { StateDict } from '../torch/state-dict.ts';
import { tensorValues } from '../torch/tensor.ts';
import { blockA, blockB, blockC, blockD, blockE } from './fid-blocks.ts';
import { classes, fidLayers, type Maps } from './fid-layers.ts';
import { type FidMode, fidPreprocessing } from './fid-preprocessing.ts';
import { imageInput, imageOpset } from './image-input.ts';
import { fidOutputColumns, fidOutputs, type OutputName } from './outputs.ts';

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
  const { last } = addBlocks(graph, weights, images);
  graph.output(pooled(graph, last, 'features'), 'float32', ['N', last.channels]);
  return graph.encode({ opset: imageOpset, metadata: { ...metadata, mode } });
}

/**
 * The same with everything that `fidOutputs` lists, side by side: [N, 5079].
 *
 * @throws StudyError unless the weights are exactly those of this network
 */
export function fidOutputsGraph(
  weights: StateDict,
  mode: FidMode,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new GraphBuilder('fid-inception-outputs');
  const images = fidPreprocessing(graph, imageInput(graph), mode);
  const { last, middle } = addBlocks(graph, weights, images);
  const pool = pooled(graph, last, 'pool');
  const outputs: Record<OutputName, Value> = {
    pool,
    logits: logits(graph, weights, pool),
    spatial: spatial(graph, middle),
  };
  const values = fidOutputs.map(({ name }) => outputs[name]);
  const all = graph.node('Concat', values, { axis: { int: 1 } }, 'features');
  graph.output(all, 'float32', ['N', fidOutputColumns]);
  return graph.encode({ opset: imageOpset, metadata: { ...metadata, mode } });
}

function pooled(graph: GraphBuilder, maps: Maps, name: string): Value {
  const means = graph.node('GlobalAveragePool', [maps.value]);
  return graph.node('Flatten', [means], { axis: { int: 1 } }, name);
}

/** Without the bias. */
function logits(graph: GraphBuilder, { tensors }: StateDict, pool: Value): Value {
  const shape = [classes, 2048];
  const values = tensorValues(tensors.get('fc.weight')!, shape, 'fc.weight');
  const weight = graph.initializer('fc.weight', values, shape);
  return graph.node('Gemm', [pool, weight], { transB: { int: 1 } }, 'logits');
}

/** The first channels of [N, 768, 17, 17], channels last as in TensorFlow: [N, 17 · 17 · 7]. */
function spatial(graph: GraphBuilder, maps: Maps): Value {
  const at = (name: string, value: number) =>
    graph.initializer(`spatial.${name}`, BigInt64Array.of(BigInt(value)));
  const first = graph.node('Slice', [maps.value, at('from', 0), at('to', 7), at('axis', 1)]);
  const last = graph.node('Transpose', [first], { perm: { ints: [0, 2, 3, 1] } });
  return graph.node('Flatten', [last], { axis: { int: 1 } }, 'spatial');
}

/** [N, 3, 299, 299] to [N, 2048, 8, 8], and on the way mixed_6 [N, 768, 17, 17]. */
function addBlocks(
  graph: GraphBuilder,
  weights: StateDict,
  images: Value,
): { readonly last: Maps; readonly middle: Maps } {
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
  const middle = x;
  x = blockC(192)(layers, 'Mixed_6e', x);

  // 8 × 8.
  x = blockD(layers, 'Mixed_7a', x);
  x = blockE('averagePool')(layers, 'Mixed_7b', x);
  x = blockE('maxPool')(layers, 'Mixed_7c', x);
  layers.requireNoOthers();
  return { last: x, middle };
}
