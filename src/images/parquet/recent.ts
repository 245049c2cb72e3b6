/** Values that are made once and kept while they are among the last used, up to a number of bytes. */
export class Recent<Value> {
  readonly #most: number;
  readonly #kept = new Map<string, { readonly value: Promise<Value>; readonly bytes: number }>();
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param bytes that the value takes; a larger one than all may take is kept alone */
  get(key: string, bytes: number, make: () => Promise<Value>): Promise<Value> {
    const kept = this.#kept.get(key) ?? { value: make(), bytes };
    if (this.#kept.delete(key)) this.#bytes -= kept.bytes;
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
    for (const [other, { bytes: size }] of this.#kept) {
      if (this.#bytes <= this.#most || other === key) break;
      this.#kept.delete(other);
      this.#bytes -= size;
    }
    return kept.value;
  }
}
