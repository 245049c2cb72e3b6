import type { Command } from 'commander';
import { StudyError } from '../errors.ts';
import { generatorSpec, specText } from '../generators/spec.ts';
import { wholeNumber } from './whole-number.ts';

/** The flag of a generator, for commands that draw images themselves. */
export const generatorFlag = [
  '--generator <file>',
  'draw images from GEN.onnx, described by GEN.json (docs/generators.md)',
] as const;

/** Flags of a generator whose seed has a flag of its own. */
export interface GeneratorFlags {
  readonly generator?: string | undefined;
  readonly count?: number | undefined;
  readonly generatorSeed?: number | undefined;
}

/** Adds them to a command. */
export function withGeneratorFlags(command: Command, usual: string): Command {
  return command
    .option(...generatorFlag)
    .option('--count <n>', `with --generator: images to draw ${usual}`, wholeNumber('--count', 1))
    .option(
      '--generator-seed <n>',
      'with --generator: seed of its latents (default: 0)',
      wholeNumber('--generator-seed'),
    );
}

/**
 * The name of a generator's images, as a path: `GEN.onnx:COUNT:SEED`.
 *
 * @param usual number of images
 * @returns undefined without --generator
 * @throws StudyError for its other flags without it, and without a number of images
 */
export function generatorPath(
  { generator, count, generatorSeed }: GeneratorFlags,
  usual?: number,
): string | undefined {
  if (generator === undefined) {
    const given = count === undefined ? generatorSeed : count;
    if (given === undefined) return undefined;
    const flag = count === undefined ? '--generator-seed' : '--count';
    throw new StudyError(`${flag} ${given} without --generator`, 'add --generator GEN.onnx');
  }
  const images = count ?? usual;
  if (images === undefined) {
    throw new StudyError(
      `no number of images for the generator ${generator}`,
      'say how many to draw: --count 50000',
    );
  }
  return specText(generatorSpec({ path: generator, count: images, seed: generatorSeed ?? 0 }));
}
