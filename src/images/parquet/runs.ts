/**
 * Numbers in Parquet's hybrid of runs and packed bits: definition levels, positions in a dictionary.
 *
 * Format: https://parquet.apache.org/docs/file-format/data-pages/encodings/
 *
 * @param width bits of a number
 * @throws Error if there are fewer than `count` of them
 */
export function readRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  const out = new Uint32Array(count);
  if (width > 32) throw new Error(`numbers of ${width} bits`);
  const valueBytes = (width + 7) >> 3;
  let at = 0;
  for (let done = 0; done < count; ) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      const next = bytes[at++];
      if (next === undefined || shift > 28) throw new Error('a page ends early');
      head += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) break;
    }
    const length = Math.floor(head / 2);
    if (head % 2 === 0) {
      if (length === 0 || at + valueBytes > bytes.length) throw new Error('a page ends early');
      let value = 0;
      for (let i = 0; i < valueBytes; i++) value += bytes[at + i]! * 2 ** (8 * i);
      at += valueBytes;
      const end = Math.min(count, done + length);
      out.fill(value, done, end);
      done = end;
      continue;
    }
    // Groups of 8 numbers of `width` bits, lowest first.
    const end = Math.min(count, done + 8 * length);
    if (length === 0 || at + Math.ceil(((end - done) * width) / 8) > bytes.length) {
      throw new Error('a page ends early');
    }
    for (let bit = 8 * at; done < end; done++, bit += width) {
      let value = 0;
      for (let i = 0; i < width; i++) {
        const place = bit + i;
        if ((bytes[place >>> 3]! >> (place & 7)) & 1) value += 2 ** i;
      }
      out[done] = value;
    }
    at += length * width;
  }
  return out;
}
