import { StudyError } from '../errors.ts';
import { log } from '../kernels/assembly/_normals-math.ts';
import type { NormalSource } from './normals.ts';
import type { Stream } from './stream.ts';

/**
 * A chi-square variable with a whole number of degrees of freedom, in constant time: 2 · Gamma(dof/2)
 * by Marsaglia & Tsang (2000, doi 10.1145/358407.358414). Takes one normal and one uniform number,
 * and rarely more (dof = 1: the square of one normal).
 *
 * @throws StudyError if dof is not a whole number of at least 1
 */
export function chiSquare(dof: number, normals: NormalSource, uniforms: Stream): number {
  if (!Number.isInteger(dof) || dof < 1) {
    throw new StudyError(
      `invalid degrees of freedom; not a whole number of at least 1: ${dof}`,
      'give one less than the number of images, which must be two or more',
    );
  }
  if (dof === 1) {
    const x = normals.next();
    return x * x;
  }
  // A cubed normal, 1 + x/√(9 centre), has nearly the shape of Gamma; the logarithms accept the rest.
  const centre = dof / 2 - 1 / 3;
  for (;;) {
    const x = normals.next();
    const root = 1 + x / Math.sqrt(9 * centre);
    if (root <= 0) continue;
    const cube = root * root * root;
    // 1 − u is never 0. Our own logarithm: engines differ in the last bit of theirs.
    if (log(1 - uniforms.next()) < 0.5 * x * x + centre * (1 - cube + log(cube))) {
      return 2 * centre * cube;
    }
  }
}
