import type { ImageLabels } from './labels.ts';

/** One decoded image: 8-bit RGB, row-major, `data[(y * width + x) * 3 + channel]`. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Files of one kind that were left out. */
export interface PassedOver {
  /** `.avif`, `no extension`, `hidden`, or `others` for the rarer kinds together. */
  readonly kind: string;
  readonly count: number;
}

/**
 * A set of images in a fixed order (names sorted by code unit, or the order of the file for arrays).
 * Readers stream: nothing is held in memory per image but its name.
 */
export interface ImageSource {
  /** What the user named: a folder, a zip, an npz, a CIFAR batch. */
  readonly path: string;
  /** One name an image, unique, with `/` between folders; e.g. `train/cat/0001.jpg` or `000017`. */
  readonly names: readonly string[];
  /**
   * What decides the pixels beyond the bytes, in words: the shape and layout of bytes that have no
   * header, and what is done after decoding. Part of the content.
   */
  readonly treatment?: string;
  /**
   * The same of one image whose file asks for it, where that is not what every reader of its format
   * does. Part of the content.
   */
  treatmentOf?(bytes: Uint8Array): string | undefined;
  /**
   * The files that hold the images' bytes, whose size and times tell whether they changed. Absent: not
   * known, and the images are read to find out.
   */
  files?(): Iterable<string>;
  /** Files there that are not taken for images, by kind; absent where there are none. */
  readonly passedOver?: readonly PassedOver[];
  /** Whether `--column` may choose among columns of images. */
  readonly hasColumns?: boolean;
  /** Their classes; null, or absent, where the set has none. */
  labels?(): Promise<ImageLabels | null>;
  /**
   * What the image is made of, where it is drawn rather than read: then its content is known without
   * drawing it.
   */
  recipe?(index: number): Uint8Array;
  /** What a manifest records of images that are in no file. */
  readonly origin?: Readonly<Record<string, unknown>>;
  /**
   * How many bytes `read(index)` will take: what is in memory at once is bounded before it is read.
   * Throws StudyError naming the image if it is larger than any image may be.
   */
  size(index: number): Promise<number>;
  /**
   * How many pixels `decode` will give, told by the header of bytes that `read(index)` gave. Throws
   * StudyError naming the image if they are too many or the format is another.
   */
  pixels(bytes: Uint8Array, index: number): number;
  /** The image's bytes as stored (a JPEG file, or the raw pixels): what the content hash covers. */
  read(index: number): Promise<Uint8Array>;
  /** Decodes bytes that `read(index)` gave. Throws StudyError naming the image if they are damaged. */
  decode(bytes: Uint8Array, index: number): Promise<DecodedImage>;
  close(): Promise<void>;
}
