import { StudyError } from '../errors.ts';
import { clip } from './clip.ts';
import { dinov2 } from './dinov2.ts';
import { fidInception } from './fid-inception.ts';
import type { Model } from './model.ts';
import { modelNames } from './names.ts';
import { nsfwInceptionV3 } from './nsfw-inception-v3.ts';
import { storedOwnModels } from './own-weights.ts';

/** Every model of the package; a model with several modes has one entry per mode. */
export const models: readonly Model[] = [nsfwInceptionV3, ...fidInception, ...dinov2, ...clip];

/** All models by name, own weights last; each with its modes, the default first. */
export async function knownModels(): Promise<ReadonlyMap<string, readonly Model[]>> {
  const own = (await storedOwnModels()).filter(({ name }) => !modelNames.includes(name));
  const byName = new Map<string, Model[]>();
  for (const model of [...models, ...own]) {
    byName.set(model.name, [...(byName.get(model.name) ?? []), model]);
  }
  return byName;
}

/**
 * A model in all its modes, the default first.
 *
 * @throws StudyError for an unknown name
 */
export async function findModels(name: string): Promise<readonly [Model, ...Model[]]> {
  const known = await knownModels();
  const [first, ...others] = known.get(name) ?? [];
  if (first) return [first, ...others];
  const names = [...known.keys()].join(', ');
  throw new StudyError(
    `unknown model: ${name}`,
    `known models: ${names}; for your own network give a path that ends in .onnx`,
  );
}

/**
 * A model in one mode.
 *
 * @param mode by default the model's first
 * @throws StudyError for an unknown name or mode
 */
export async function findModel(name: string, mode?: string): Promise<Model> {
  const variants = await findModels(name);
  const found = mode === undefined ? variants[0] : variants.find((model) => model.mode === mode);
  if (found) return found;
  const modes = variants.map((model) => model.mode).join(', ');
  throw new StudyError(`model ${name} has no mode ${mode}`, `its modes: ${modes}`);
}
