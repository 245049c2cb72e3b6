/** One decoded image: 8-bit RGB, row-major, `data[(y * width + x) * 3 + channel]`. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
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
  /** The image's bytes as stored (a JPEG file, or the raw pixels): what the content hash covers. */
  read(index: number): Promise<Uint8Array>;
  /** Decodes bytes that `read(index)` gave. Throws StudyError naming the image if they are damaged. */
  decode(bytes: Uint8Array, index: number): Promise<DecodedImage>;
  close(): Promise<void>;
}
