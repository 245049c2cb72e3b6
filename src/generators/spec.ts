import { StudyError } from '../errors.ts';
import { mostImages } from '../images/names.ts';

/** A generator's images, as a path names them: `GEN.onnx:50000:0`. */
export interface GeneratorSpec {
  readonly path: string;
  /** Images to draw. */
  readonly count: number;
  readonly seed: number;
}

/**
 * What a user may have named instead of a path of images: `GEN.onnx:COUNT` or `GEN.onnx:COUNT:SEED`.
 *
 * @returns undefined if it is no such name
 * @throws StudyError for an impossible number of images or seed
 */
export function generatorOf(text: string): GeneratorSpec | undefined {
  const found = /^(.+\.onnx):([^:]*)(?::([^:]*))?$/i.exec(text);
  if (!found) return undefined;
  const [, path = '', count = '', seed = '0'] = found;
  for (const [what, given] of [
    ['number of images', count],
    ['seed', seed],
  ]) {
    if (/^\d{1,16}$/.test(given!)) continue;
    throw new StudyError(
      `invalid ${what} of the generator ${path}: ${given || "''"}`,
      `name it as ${path}:COUNT or ${path}:COUNT:SEED, such as ${path}:50000:0`,
    );
  }
  return generatorSpec({ path, count: Number(count), seed: Number(seed) });
}

/** @throws StudyError for an impossible number of images or seed */
export function generatorSpec({ path, count, seed }: GeneratorSpec): GeneratorSpec {
  if (!/\.onnx$/i.test(path)) {
    throw new StudyError(
      `${path} does not end in .onnx`,
      'name the ONNX file of a generator, such as GEN.onnx',
    );
  }
  if (!Number.isInteger(count) || count < 1 || count > mostImages) {
    throw new StudyError(
      `invalid number of images of the generator ${path}: ${count}`,
      `give a whole number from 1 to ${mostImages}, as in ${path}:50000`,
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new StudyError(
      `invalid seed of the generator ${path}: ${seed}`,
      'give a whole number from 0 to 2^53 − 1',
    );
  }
  return { path, count, seed };
}

/** The name that a path has for these images. */
export function specText({ path, count, seed }: GeneratorSpec): string {
  return `${path}:${count}:${seed}`;
}
