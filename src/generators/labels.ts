import { StudyError } from '../errors.ts';
import { readGenerator } from './generator.ts';
import { labelOf } from './latents.ts';
import type { GeneratorSpec } from './spec.ts';

/**
 * The class of each image of a generator, as text.
 *
 * @throws StudyError if the generator cannot be read, or has no classes
 */
export async function generatorLabels({ path, count, seed }: GeneratorSpec): Promise<string[]> {
  const { classes } = (await readGenerator(path)).description;
  if (!classes) {
    throw new StudyError(`the generator ${path} has no classes`, 'leave --labels out');
  }
  return Array.from({ length: count }, (_, i) => String(labelOf(classes, seed, i)));
}
