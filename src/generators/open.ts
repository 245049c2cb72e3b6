import { sha256Of } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import type { ImageSource } from '../images/source.ts';
import { type Generator, readGenerator } from './generator.ts';
import type { Drawn } from './network.ts';
import { type GeneratorSpec, generatorSpec, specText } from './spec.ts';
import { drawingThreads, type RunsOn } from './threads.ts';

/** Batches that are kept: those under way, and those whose images are still being taken. */
const keptBatches = 32;

/** Bytes of kept batches; the last one is kept always. */
const keptBytes = 2 ** 28;

/**
 * The images of a generator: drawn when they are read, and stored nowhere. Image i is a function of the
 * generator, its description, the seed and i. The generator always runs the same whole batch that i is in, so
 * that an image has the same bits however many are asked for at a time, and more images continue the stream.
 *
 * @throws StudyError if the generator cannot be read, or its description does not fit it
 */
export async function openGenerator(spec: GeneratorSpec, on: RunsOn = {}): Promise<ImageSource> {
  const { path, count, seed } = generatorSpec(spec);
  return imagesOf(await readGenerator(path), { path, count, seed }, on);
}

function imagesOf(generator: Generator, spec: GeneratorSpec, on: RunsOn): ImageSource {
  const { path, fit, description, sha256 } = generator;
  const { count, seed } = spec;
  const { batch, height, width } = fit;
  const imageBytes = 3 * height * width;
  // As wide for any number of images: an image keeps its name.
  const names = Array.from({ length: count }, (_, i) => String(i).padStart(8, '0'));
  const threads = drawingThreads(generator, seed, on);
  const kept = new Map<number, Promise<Drawn>>();
  const most = Math.max(1, Math.min(keptBatches, Math.floor(keptBytes / (batch * imageBytes))));

  /** The batch that an image is in. */
  function batchAt(first: number): Promise<Drawn> {
    const known = kept.get(first);
    if (known) return known;
    const drawn = threads.draw(first);
    // It is awaited by each of its images; until then a rejection must not count as unhandled.
    drawn.catch(() => {});
    kept.set(first, drawn);
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return drawn;
  }

  return {
    path: specText(spec),
    names,
    origin: { generator: sha256, seed, description, batch },
    recipe: (index) =>
      Buffer.from(JSON.stringify({ generator: sha256, seed, index, size: [height, width] })),
    size: async () => imageBytes,
    pixels: () => height * width,
    async read(index) {
      const place = index % batch;
      const { images, bad } = await batchAt(index - place);
      const wrong = bad.find(([at]) => at === place);
      if (wrong) {
        throw new StudyError(
          `image ${index} of the generator ${path} with seed ${seed} has the value ${wrong[1]}`,
          'a generator must give finite values: export it in float32, or try another seed',
        );
      }
      return images.slice(place * imageBytes, (place + 1) * imageBytes);
    },
    decode: async (data) => ({ width, height, data }),
    close: () => threads.close(),
  };
}

/** A short name of what a generator's images are, for a folder that holds them. */
export function streamHash({ origin }: Pick<ImageSource, 'origin'>): string {
  return sha256Of(JSON.stringify(origin ?? {}));
}
