import type { DecodedImage } from '../images/source.ts';

/** Images of one size, for one run of the network. */
export interface Batch {
  readonly height: number;
  readonly width: number;
  /** uint8 [N, height, width, 3] */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** The image of each row of the result. */
  readonly indices: readonly number[];
}

interface Pending {
  readonly images: { readonly image: DecodedImage; readonly index: number }[];
  /** Images of this size in a full batch. */
  readonly whole: number;
}

/** 64 MB: 21 images of 1024 × 1024. What a network makes of them in its first layers is far more. */
export const batchBytes = 2 ** 26;

// With many image sizes, at most this many batches' worth wait for images of the same size.
const waitingBatches = 4;

/** Groups images into batches of one size each. */
export class Batcher {
  readonly #size: number;
  readonly #mostBytes: number;
  readonly #pending = new Map<string, Pending>();
  #waiting = 0;
  #waitingBytes = 0;

  /**
   * @param size images per batch
   * @param mostBytes of pixels in a batch; a batch of large images has fewer of them, but at least one
   */
  constructor(size: number, mostBytes = batchBytes) {
    this.#size = size;
    this.#mostBytes = mostBytes;
  }

  /** Whether no image waits for others. */
  get isEmpty(): boolean {
    return this.#waiting === 0;
  }

  /** Adds an image; returns the batch that it completes, if any. */
  add(image: DecodedImage, index: number): Batch | undefined {
    const key = `${image.height}x${image.width}`;
    const alike = this.#pending.get(key) ?? { images: [], whole: this.#wholeOf(image) };
    this.#pending.set(key, alike);
    alike.images.push({ image, index });
    this.#waiting++;
    this.#waitingBytes += bytesOf(image);
    if (alike.images.length === alike.whole) return this.#take(key);
    const full =
      this.#waiting >= waitingBatches * this.#size ||
      this.#waitingBytes >= waitingBatches * this.#mostBytes;
    if (!full) return undefined;
    const share = ({ images, whole }: Pending) => images.length / whole;
    const [fullest] = [...this.#pending].reduce((a, b) => (share(b[1]) > share(a[1]) ? b : a));
    return this.#take(fullest);
  }

  /** The incomplete batches that are left. */
  *rest(): Generator<Batch> {
    for (const key of [...this.#pending.keys()]) yield this.#take(key);
  }

  #wholeOf(image: DecodedImage): number {
    return Math.max(1, Math.min(this.#size, Math.floor(this.#mostBytes / bytesOf(image))));
  }

  #take(key: string): Batch {
    const { images } = this.#pending.get(key)!;
    this.#pending.delete(key);
    const { height, width } = images[0]!.image;
    const imageBytes = height * width * 3;
    this.#waiting -= images.length;
    this.#waitingBytes -= images.length * imageBytes;
    const pixels = new Uint8Array(images.length * imageBytes);
    images.forEach(({ image }, i) => {
      pixels.set(image.data, i * imageBytes);
    });
    return { height, width, pixels, indices: images.map(({ index }) => index) };
  }
}

function bytesOf({ height, width }: DecodedImage): number {
  return height * width * 3;
}
