import { normalSource } from '../random/normals.ts';
import { stream } from '../random/stream.ts';
import type { GeneratorDescription, Latent } from './description.ts';

/**
 * Fills `out` with the latent of one image. It depends on the seed and the image's index alone, so it is
 * the same in any batch and for any number of images.
 * - `normal`: independent, of mean 0 and standard deviation `std`
 * - `unit`: a normal latent divided by its length
 * - `uniform`: in [low, high)
 * - `truncated`: standard normal numbers, drawn again beyond ±`bound`, times `std`
 */
export function fillLatent(latent: Latent, seed: number, index: number, out: Float32Array): void {
  const source = stream('generator', seed, 'latent', index);
  if (latent.distribution === 'uniform') {
    const { low, high } = latent;
    for (let i = 0; i < out.length; i += 1) out[i] = low + (high - low) * source.next();
    return;
  }
  const normals = normalSource(source);
  if (latent.distribution === 'truncated') {
    const { bound, std } = latent;
    for (let i = 0; i < out.length; i += 1) {
      let value = normals.next();
      while (Math.abs(value) > bound) value = normals.next();
      out[i] = std * value;
    }
    return;
  }
  const values = normals.fill(new Float64Array(out.length));
  const factor =
    latent.distribution === 'unit'
      ? 1 / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
      : latent.std;
  for (let i = 0; i < out.length; i += 1) out[i] = factor * values[i]!;
}

/** The class of one image. */
export function labelOf(
  { count, labels }: NonNullable<GeneratorDescription['classes']>,
  seed: number,
  index: number,
): number {
  if (labels === 'balanced') return index % count;
  return stream('generator', seed, 'label', index).integer(count);
}
