import { StudyError } from '../errors.ts';
import type { Model } from './model.ts';
import { nsfwInceptionV3 } from './nsfw-inception-v3.ts';

/** Every model that `study models` knows. */
export const models: readonly Model[] = [nsfwInceptionV3];

/** @throws StudyError for a name that is not in the list */
export function findModel(name: string): Model {
  const model = models.find((known) => known.name === name);
  if (model) return model;
  const known = models.map((each) => each.name).join(', ');
  throw new StudyError(`unknown model: ${name}`, `known models: ${known}`);
}
