import { type Digests, digestBytes } from './digests.ts';

/** Where an image is: in which of the sets, and at which place there. */
export interface Found {
  readonly set: number;
  readonly image: number;
}

/**
 * Finds images by their digests in several sets: a hash table of 8 to 16 bytes an image, next to the 32
 * of its digest. Of equal images the one that was added first is found.
 */
export class DigestIndex {
  readonly #sets: readonly Digests[];
  /** First image of each set, were they one behind the other. */
  readonly #starts: readonly number[];
  /** Number of an image plus 1, at the place its digest asks for or at the next free one; 0 is free. */
  readonly #slots: Uint32Array;

  constructor(sets: readonly Digests[]) {
    this.#sets = sets;
    let total = 0;
    this.#starts = sets.map(({ count }) => {
      total += count;
      return total - count;
    });
    let slots = 2;
    // At most half full.
    while (slots < 2 * total) slots *= 2;
    this.#slots = new Uint32Array(slots);
    sets.forEach((digests, set) => {
      for (let image = 0; image < digests.count; image++) this.#add(set, image);
    });
  }

  find(digest: Uint8Array): Found | undefined {
    const slot = this.#slots[this.#slotOf(digest)]!;
    return slot === 0 ? undefined : this.#at(slot - 1);
  }

  #add(set: number, image: number): void {
    const slot = this.#slotOf(this.#sets[set]!.bytes(image, image + 1));
    if (this.#slots[slot] === 0) this.#slots[slot] = this.#starts[set]! + image + 1;
  }

  /** The slot of a digest, or the free one where it would be. */
  #slotOf(digest: Uint8Array): number {
    const mask = this.#slots.length - 1;
    const view = Buffer.from(digest.buffer, digest.byteOffset, digestBytes);
    for (let slot = view.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]!;
      if (number === 0) return slot;
      const { set, image } = this.#at(number - 1);
      if (this.#sets[set]!.matches(image, digest)) return slot;
    }
  }

  #at(number: number): Found {
    const set = this.#starts.findLastIndex((start) => start <= number);
    return { set, image: number - this.#starts[set]! };
  }
}
