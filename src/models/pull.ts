import { type TakeOptions, takeSource } from '../downloads/source.ts';
import { StudyError } from '../errors.ts';
import type { Extractor } from './extractor.ts';
import type { Model } from './model.ts';
import { isModelName, ownModels, ownWeightsBase, rememberOwnWeights } from './own-weights.ts';
import { findModels, modelNames } from './registry.ts';
import { resolveExtractor } from './resolve.ts';
import { inspectModel, storeModel } from './store.ts';

export interface PullOptions extends TakeOptions {
  /** With `from` and `as`: the expected sha256 of the file of own weights, hex. */
  readonly sha256?: string | undefined;
  /** With `from` and `sha256`: the name of the model with own weights. */
  readonly as?: string | undefined;
}

/**
 * Makes a model ready to run in all its modes: fetches its source, checks the digest, builds the ONNX
 * files and stores them in the cache folder. A complete model is left alone.
 *
 * @returns the extractor of the default mode
 * @throws StudyError for an unknown name, a source that is out of reach or is the wrong file, and a
 *   cache folder that cannot be written
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<Extractor> {
  const { onStep = () => {} } = options;
  const own = ownWeights(name, options);
  const models = own ? ownModels(own.name, own.sha256) : await findModels(name);
  const { source, name: target } = models[0]!;
  const missing = await notReady(models);
  if (missing.length === 0) onStep('already pulled, and its checksum is right');
  else {
    const bytes = await takeSource(source, options);
    for (const model of missing) {
      onStep(`building the ONNX graph${models.length > 1 ? ` of ${model.mode}` : ''}`);
      await storeModel(model, await model.build(bytes));
    }
    // With a local copy nothing was fetched: a partial download belongs to another process.
    if (options.from === undefined) await source.discard?.();
  }
  if (own) await rememberOwnWeights(own.name, own.sha256);
  return resolveExtractor(target);
}

async function notReady(models: readonly Model[]): Promise<readonly Model[]> {
  const missing: Model[] = [];
  for (const model of models) {
    if ((await inspectModel(model)).state !== 'ready') missing.push(model);
  }
  return missing;
}

/** Own weights, if requested. @throws StudyError if the request is not valid */
function ownWeights(
  base: string,
  { from, sha256, as: name }: PullOptions,
): { name: string; sha256: string } | undefined {
  if (name === undefined && sha256 === undefined) return undefined;
  const usage = `study models pull ${ownWeightsBase} --from FILE --sha256 HASH --as NAME`;
  if (name === undefined || sha256 === undefined || from === undefined) {
    throw new StudyError('your own weights need a file, its sha256 and a name', `run: ${usage}`);
  }
  if (base !== ownWeightsBase) {
    throw new StudyError(`model ${base} does not take your own weights`, `run: ${usage}`);
  }
  if (!isModelName(name)) {
    throw new StudyError(
      `invalid --as; not a name: ${name}`,
      'use lower-case letters, digits, dots, hyphens and underscores, 64 at most',
    );
  }
  if (modelNames.includes(name)) {
    throw new StudyError(`${name} is the name of a built-in model`, 'choose another: --as NAME');
  }
  if (!/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new StudyError(
      `invalid --sha256; not 64 hexadecimal digits: ${sha256}`,
      'give the sha256 that the author of the file published',
    );
  }
  return { name, sha256: sha256.toLowerCase() };
}
