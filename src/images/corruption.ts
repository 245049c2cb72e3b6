import { sha256Of } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { normalSource } from '../random/normals.ts';
import { stream } from '../random/stream.ts';
import { decodeImage } from './decode.ts';
import { loadedSharp } from './sharp.ts';
import type { DecodedImage, ImageSource } from './source.ts';

/** One known way to make images worse. */
export type Corruption =
  | { readonly kind: 'jpeg'; readonly quality: number }
  | { readonly kind: 'blur'; readonly sigma: number }
  | { readonly kind: 'noise'; readonly sigma: number; readonly seed: number };

/** Each is another pass over all pixels. */
const mostCorruptions = 16;

/** How corruptions are written, for help and errors. */
export const corruptionGrammar =
  'jpeg:QUALITY (1 to 100), blur:SIGMA (pixels), noise:SIGMA or noise:SIGMA@SEED (levels of 255), ' +
  'joined by + in the order they are applied, such as blur:0.5+noise:4';

/**
 * Reads corruptions such as `jpeg:30` or `blur:0.5+noise:4@7`.
 * @throws StudyError naming the part that is not a corruption
 */
export function parseCorruptions(text: string): Corruption[] {
  const parts = text.split('+');
  if (parts.length > mostCorruptions) {
    throw new StudyError(
      `${parts.length} corruptions of an image`,
      `give ${mostCorruptions} at most: ${corruptionGrammar}`,
    );
  }
  return parts.map((part) => {
    const [, kind, amount, seed] =
      /^(jpeg|blur|noise):(\d+(?:\.\d+)?)(?:@(\d+))?$/.exec(part) ?? [];
    const value = Number(amount);
    if (
      kind === 'jpeg' &&
      seed === undefined &&
      Number.isInteger(value) &&
      inRange(value, 1, 100)
    ) {
      return { kind, quality: value };
    }
    // Below 0.3 sharp blurs by a fixed kernel of its own.
    if (kind === 'blur' && seed === undefined && inRange(value, 0.3, 1000)) {
      return { kind, sigma: value };
    }
    if (kind === 'noise' && inRange(value, 0, 255) && inRange(Number(seed ?? 0), 0, 2 ** 32)) {
      return { kind, sigma: value, seed: Number(seed ?? 0) };
    }
    throw new StudyError(`invalid corruption: ${part || '(empty)'}`, corruptionGrammar);
  });
}

const inRange = (value: number, least: number, most: number) => value >= least && value <= most;

/**
 * The images of a source, each made worse in a known way after it was decoded: a stand-in for a
 * generator of known rank. What is done is part of the images' content (`treatment`); the noise of
 * an image depends on its bytes and the seed, not on its place.
 */
export function corrupted(source: ImageSource, corruptions: readonly Corruption[]): ImageSource {
  const before = source.treatment === undefined ? '' : `${source.treatment}, `;
  return {
    ...source,
    // The number is of the algorithms below: another one is other pixels.
    treatment: `${before}corruption 1: ${JSON.stringify(corruptions)}`,
    async decode(bytes, index) {
      let image = await source.decode(bytes, index);
      for (const [i, corruption] of corruptions.entries()) {
        image = await apply(corruption, image, bytes, i);
      }
      return image;
    },
  };
}

async function apply(
  corruption: Corruption,
  image: DecodedImage,
  bytes: Uint8Array,
  step: number,
): Promise<DecodedImage> {
  switch (corruption.kind) {
    case 'jpeg':
      return recoded(image, corruption.quality);
    case 'blur':
      return blurred(image, corruption.sigma);
    case 'noise':
      return noisy(image, corruption.sigma, [corruption.seed, step, sha256Of(bytes)]);
  }
}

/** Through a JPEG file with halved colour resolution, as most files are. */
async function recoded(image: DecodedImage, quality: number): Promise<DecodedImage> {
  const jpeg = await toSharp(image).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();
  return decodeImage(jpeg, 'a JPEG of our own');
}

async function blurred(image: DecodedImage, sigma: number): Promise<DecodedImage> {
  // By default sharp rounds the kernel to integers and cuts it off at a fifth of its height.
  const blur = { sigma, precision: 'float', minAmplitude: 0.005 } as const;
  const data = await toSharp(image).blur(blur).raw().toBuffer();
  return { ...image, data };
}

/** Numbers of noise in memory: 1 MB, where an image of 89 megapixels would take 2 GB. */
const noiseAtOnce = 2 ** 17;

/** Normal noise on every channel of every pixel, rounded and kept within 0 … 255. */
function noisy(image: DecodedImage, sigma: number, key: (string | number)[]): DecodedImage {
  const normals = normalSource(stream('corruption', ...key));
  // A clamped array rounds to the nearest and stays within its range.
  const data = new Uint8ClampedArray(image.data.length);
  const noise = new Float64Array(Math.min(noiseAtOnce, data.length));
  for (let start = 0; start < data.length; start += noise.length) {
    const end = Math.min(start + noise.length, data.length);
    normals.fill(noise.subarray(0, end - start));
    for (let i = start; i < end; i++) data[i] = image.data[i]! + sigma * noise[i - start]!;
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

function toSharp({ data, width, height }: DecodedImage) {
  return loadedSharp()(data, { raw: { width, height, channels: 3 } });
}
