import { StudyError } from '../errors.ts';
import { customExtractor, isNetworkPath } from './custom/extractor.ts';
import type { Extractor } from './extractor.ts';
import type { Model } from './model.ts';
import { findModel } from './registry.ts';
import { inspectModel, modelPath, type Stored } from './store.ts';

const complaints = {
  absent: 'has not been pulled',
  stale: 'was built by another version of this package',
  damaged: 'is damaged in the cache folder',
} satisfies Record<Exclude<Stored['state'], 'ready'>, string>;

/**
 * The extractor of a name, or of an .onnx file with its description beside it; the file checked and
 * ready to be run.
 *
 * @param mode how images are preprocessed; by default the model's first mode
 * @throws StudyError for an unknown name or mode, for a model that is not pulled, or damaged, and for
 *   a file that is no network or that its description does not fit
 */
export async function resolveExtractor(name: string, mode?: string): Promise<Extractor> {
  if (isNetworkPath(name)) return customExtractor(name, mode);
  const model = await findModel(name, mode);
  const stored = await inspectModel(model);
  if (stored.state === 'ready') return extractor(model, stored.sha256);
  throw new StudyError(
    `model ${name} ${complaints[stored.state]}: ${modelPath(name, model.file)}`,
    `run: study models pull ${name}`,
  );
}

/** A model together with the file that was found for it. */
export function extractor(model: Model, sha256: string): Extractor {
  const { name, mode, dimension, comparable, file } = model;
  return { name, mode, dimension, comparable, sha256, path: modelPath(name, file) };
}
