/** The same bytes with one bit changed, for every bit, or every `step`th. */
export function* flips(bytes: Buffer, step = 1): Generator<Buffer> {
  for (let bit = 0; bit < 8 * bytes.length; bit += step) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    yield changed;
  }
}
