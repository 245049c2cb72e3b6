import { download } from '../downloads/download.ts';
import type { Source } from '../downloads/source.ts';
import { readWeights } from '../torch/weights.ts';
import { fidGraph, fidOutputsGraph } from './fid-graph.ts';
import { type FidMode, fidModes } from './fid-preprocessing.ts';
import type { KnownModel, Model } from './model.ts';
import { fidOutputColumns } from './outputs.ts';

const name = 'fid-inception';
const releases = 'releases/download';

/**
 * The Inception of published FIDs: TensorFlow's network of 2015-12-05, as ported to PyTorch for
 * pytorch-fid, with one mode per public tool.
 *
 * Source: https://github.com/mseitzer/pytorch-fid (Apache-2.0).
 */
export const fidInception: readonly KnownModel[] = fidModels({
  name,
  comparable: true,
  description: 'the Inception of published FIDs (2015-12-05), as pytorch-fid and clean-fid use it',
  caution: '',
  licence: 'Apache-2.0',
  source: download({
    what: 'the weights of fid-inception',
    urls: [
      `https://github.com/mseitzer/pytorch-fid/${releases}/fid_weights/pt_inception-2015-12-05-6726825d.pth`,
      `https://github.com/toshas/torch-fidelity/${releases}/v0.2.0/weights-inception-2015-12-05-6726825d.pth`,
    ],
    bytes: 95_628_359,
    sha256: '6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2',
    command: `study models pull ${name}`,
  }),
});

/** The same network with a user's own weights, under another name. */
export function fidInceptionOf(own: { name: string; source: Source }): readonly KnownModel[] {
  return fidModels({
    ...own,
    comparable: false,
    description: `the network of ${name} with weights of your own`,
    caution: 'its distances are not comparable with published FIDs',
    licence: 'unknown',
  });
}

type Weights = Pick<
  KnownModel,
  'name' | 'comparable' | 'description' | 'caution' | 'licence' | 'source'
>;

function fidModels(weights: Weights): readonly KnownModel[] {
  return fidModes.map((mode) => ({
    ...weights,
    mode,
    file: `${weights.name}-${mode}`,
    dimension: 2048,
    recipe: 1,
    build: (source) => build(source, mode, weights),
  }));
}

/**
 * A mode of this network with all its outputs side by side, in a file of its own: features extracted
 * before stay those of the same file.
 */
export function withOutputs(model: Model): KnownModel | undefined {
  if (!('source' in model) || !isFidMode(model.mode) || model.dimension !== 2048) return undefined;
  const { mode } = model;
  return {
    ...model,
    file: `${model.file}-outputs`,
    dimension: fidOutputColumns,
    build: (source) => build(source, mode, model, fidOutputsGraph),
  };
}

function isFidMode(mode: string): mode is FidMode {
  return (fidModes as readonly string[]).includes(mode);
}

async function build(
  source: Uint8Array,
  mode: FidMode,
  { licence, source: { digest } }: Weights,
  graph = fidGraph,
) {
  const weights = await readWeights(source);
  const sha256 = Buffer.from(digest.base64, 'base64').toString('hex');
  return graph(weights, mode, { weights: `sha256 ${sha256}`, licence });
}
