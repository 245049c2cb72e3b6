import type { DecodedImage } from '../images/source.ts';

/** Images of one size, for one run of the network. */
export interface Batch {
  readonly height: number;
  readonly width: number;
  /** uint8 [N, height, width, 3] */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Which image each row of the result belongs to. */
  readonly indices: readonly number[];
}

type Pending = { readonly image: DecodedImage; readonly index: number }[];

// Of images of many sizes, at most so many batches' worth wait for their like.
const waitingBatches = 4;

/** Sorts images into batches of one size each. */
export class Batcher {
  readonly #size: number;
  readonly #pending = new Map<string, Pending>();
  #waiting = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Takes an image; gives the batch that it made whole, if any. */
  add(image: DecodedImage, index: number): Batch | undefined {
    const key = `${image.height}x${image.width}`;
    const alike = this.#pending.get(key) ?? [];
    this.#pending.set(key, alike);
    alike.push({ image, index });
    this.#waiting++;
    if (alike.length === this.#size) return this.#take(key);
    if (this.#waiting < waitingBatches * this.#size) return undefined;
    const [largest] = [...this.#pending].reduce((a, b) => (b[1].length > a[1].length ? b : a));
    return this.#take(largest);
  }

  /** The batches of what is left. */
  *rest(): Generator<Batch> {
    for (const key of [...this.#pending.keys()]) yield this.#take(key);
  }

  #take(key: string): Batch {
    const images = this.#pending.get(key)!;
    this.#pending.delete(key);
    this.#waiting -= images.length;
    const { height, width } = images[0]!.image;
    const imageBytes = height * width * 3;
    const pixels = new Uint8Array(images.length * imageBytes);
    images.forEach(({ image }, i) => {
      pixels.set(image.data, i * imageBytes);
    });
    return { height, width, pixels, indices: images.map(({ index }) => index) };
  }
}
