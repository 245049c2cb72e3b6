import { StudyError } from '../errors.ts';
import { customExtractor, isNetworkPath } from './custom/extractor.ts';
import type { Extractor } from './extractor.ts';
import { withOutputs } from './fid-inception.ts';
import type { Model } from './model.ts';
import { fidOutputs } from './outputs.ts';
import { findModel } from './registry.ts';
import { inspectModel, modelPath, type Stored } from './store.ts';

const complaints = {
  absent: 'has not been pulled',
  stale: 'was built by another version of this package',
  damaged: 'is damaged in the cache folder',
} satisfies Record<Exclude<Stored['state'], 'ready'>, string>;

/**
 * The extractor for a name, or for an .onnx file with its description next to it, checked and ready to
 * run.
 *
 * @param mode how images are preprocessed; by default the model's first mode
 * @throws StudyError for an unknown name or mode, for a model that is not pulled or is damaged, and for
 *   a file that is not a network or does not match its description
 */
export async function resolveExtractor(name: string, mode?: string): Promise<Extractor> {
  if (isNetworkPath(name)) return customExtractor(name, mode);
  const model = await findModel(name, mode);
  const stored = await inspectModel(model);
  if (stored.state === 'ready') return extractor(model, stored);
  throw new StudyError(
    `model ${name} ${complaints[stored.state]}: ${modelPath(name, model.file)}`,
    `run: study models pull ${name}`,
  );
}

/**
 * A model that gives several arrays in one run.
 *
 * @returns with the extractor of its features alone, whose features are the same
 * @throws StudyError for a model that gives features only, and as `resolveExtractor`
 */
export async function resolveOutputs(
  name: string,
  mode?: string,
): Promise<{ features: Extractor; all: Extractor }> {
  const features = await resolveExtractor(name, mode);
  const model = isNetworkPath(name) ? undefined : withOutputs(await findModel(name, mode));
  if (!model) {
    throw new StudyError(
      `${name} gives features only`,
      'logits and spatial features are those of fid-inception: leave out --outputs, or give it',
    );
  }
  const stored = await inspectModel(model);
  if (stored.state === 'ready') {
    return { features, all: { ...extractor(model, stored), outputs: fidOutputs } };
  }
  throw new StudyError(
    `model ${name} with its outputs ${complaints[stored.state]}: ${modelPath(name, model.file)}`,
    `run: study models pull ${name} --outputs`,
  );
}

/** A model with the file found for it. */
function extractor(
  model: Model,
  { sha256, weights }: Extract<Stored, { state: 'ready' }>,
): Extractor {
  const { name, mode, dimension, comparable, file } = model;
  const path = modelPath(name, file);
  const made = { name, mode, dimension, comparable, sha256, path };
  if (!('hub' in model)) return made;
  const { repository, file: weightsFile } = model.hub;
  // The hub may have other weights of the same name later.
  return { ...made, settings: { weights: { repository, file: weightsFile, sha256: weights } } };
}
