import { takeHubFile } from '../downloads/hub-file.ts';
import { type TakeOptions, takeSource } from '../downloads/source.ts';
import { StudyError } from '../errors.ts';
import type { Extractor } from './extractor.ts';
import { withOutputs } from './fid-inception.ts';
import type { HubModel, KnownModel, Model } from './model.ts';
import { modelNames } from './names.ts';
import { isModelName, ownModels, ownWeightsBase, rememberOwnWeights } from './own-weights.ts';
import { findModels, models } from './registry.ts';
import { resolveExtractor } from './resolve.ts';
import { inspectModel, storeModel } from './store.ts';

export interface PullOptions extends TakeOptions {
  /**
   * The expected sha256, hex: of weights on the hub, or with `from` and `as` of the file of own weights.
   */
  readonly sha256?: string | undefined;
  /** With `from` and `sha256`: the name of the model with own weights. */
  readonly as?: string | undefined;
  /** Builds the networks that give logits and spatial features too. */
  readonly outputs?: boolean | undefined;
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
  const own = ownWeights(name, options);
  requireSha256(options.sha256);
  const modes = own ? ownModels(own.name, own.sha256) : await findModels(name);
  const outputs = options.outputs ? outputsOf(modes) : [];
  await buildModels([...modes, ...outputs], { ...options, sha256: options.sha256?.toLowerCase() });
  if (own) await rememberOwnWeights(own.name, own.sha256);
  return resolveExtractor(modes[0]!.name);
}

/** @throws StudyError for a model that gives features only */
function outputsOf(modes: readonly Model[]): readonly Model[] {
  return modes.map((model) => {
    const found = withOutputs(model);
    if (found) return found;
    throw new StudyError(`${model.name} gives features only`, 'leave out --outputs');
  });
}

/** The same for a model's modes, without the registry. */
export async function buildModels(
  modes: readonly Model[],
  options: PullOptions = {},
): Promise<void> {
  const { onStep = () => {} } = options;
  const missing = await notReady(modes, options.sha256);
  const ofHub = missing.filter((model): model is HubModel => 'hub' in model);
  const known = missing.filter((model): model is KnownModel => 'source' in model);
  if (missing.length === 0) onStep('already pulled, and its checksum is right');
  if (known[0]) await buildKnown([known[0], ...known.slice(1)], options);
  if (ofHub[0]) await buildOfHub([ofHub[0], ...ofHub.slice(1)], options);
}

async function buildKnown(
  missing: readonly [KnownModel, ...KnownModel[]],
  options: PullOptions,
): Promise<void> {
  const { source } = missing[0];
  const bytes = await takeSource(source, options);
  for (const model of missing) {
    tellOfBuilding(model, missing.length, options);
    await storeModel(model, await model.build(bytes));
  }
  // With a local copy nothing was fetched: a partial download belongs to another process.
  if (options.from === undefined) await source.discard?.();
}

async function buildOfHub(
  missing: readonly [HubModel, ...HubModel[]],
  options: PullOptions,
): Promise<void> {
  options.onStep?.(`licence of the weights: ${missing[0].licence}`);
  const weights = await takeHubFile(missing[0].hub, options);
  for (const model of missing) {
    tellOfBuilding(model, missing.length, options);
    await storeModel(model, await model.build(weights.path, weights.sha256), weights);
  }
  await weights.discard();
}

function tellOfBuilding({ mode }: Model, count: number, { onStep }: PullOptions): void {
  onStep?.(`building the ONNX graph${count > 1 ? ` of ${mode}` : ''}`);
}

/** @param sha256 of weights on the hub: a model built from others is not ready */
async function notReady(modes: readonly Model[], sha256?: string): Promise<readonly Model[]> {
  const missing: Model[] = [];
  for (const model of modes) {
    const stored = await inspectModel(model);
    const isOther =
      'hub' in model &&
      sha256 !== undefined &&
      stored.state === 'ready' &&
      stored.weights !== sha256;
    if (stored.state !== 'ready' || isOther) missing.push(model);
  }
  return missing;
}

/** Own weights, if requested. @throws StudyError if the request is not valid */
function ownWeights(
  base: string,
  { from, sha256, as: name }: PullOptions,
): { name: string; sha256: string } | undefined {
  if (name === undefined && (sha256 === undefined || isOfHub(base))) return undefined;
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
  return { name, sha256: sha256.toLowerCase() };
}

function isOfHub(name: string): boolean {
  return models.some((model) => model.name === name && 'hub' in model);
}

function requireSha256(sha256: string | undefined): void {
  if (sha256 === undefined || /^[0-9a-f]{64}$/i.test(sha256)) return;
  throw new StudyError(
    `invalid --sha256; not 64 hexadecimal digits: ${sha256}`,
    'give the sha256 that the author of the file published',
  );
}
