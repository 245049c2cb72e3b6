// Extraction by the FID Inception against pytorch-fid's own network in PyTorch, on the same weights:
// those in $FID_WEIGHTS, a file like pytorch-fid's release (or synthetic, with the same tensors).
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fidGraph } from '../dist/models/fid-graph.js';
import { readWeights } from '../dist/torch/weights.js';
import { extraction } from './extract.mjs';

export async function bench(options) {
  const weights = process.env.FID_WEIGHTS;
  const peer = { name: "pytorch-fid's InceptionV3", asked: 'fid_inception', options: { weights } };
  const extractor = await fidInception(options.folder, weights);
  return [await extraction('Extraction by the FID Inception', extractor, peer, options)];
}

async function fidInception(folder, weights) {
  if (!weights) return new Error('no weights in $FID_WEIGHTS');
  const onnx = fidGraph(await readWeights(readFileSync(weights)), 'legacy_pytorch', {});
  const path = join(folder, 'fid.onnx');
  writeFileSync(path, onnx);
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  const of = { name: 'fid-inception', mode: 'legacy_pytorch', dimension: 2048 };
  return { ...of, sha256, path, comparable: false };
}
