/** Nesting of Parquet's own structures is below 10. */
const deepest = 32;

/** Bytes that are cut off before the structure ends: with more of them it may be whole. */
export class CutOff extends Error {}

/**
 * How many bytes a structure of Thrift's compact protocol takes. What a reader may then take for
 * granted: lengths and counts do not reach past the end, numbers have at most 64 bits, and nothing is
 * nested more deeply than `deepest`.
 *
 * Format: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * @throws Error if it is none; `CutOff` if bytes are missing
 */
export function thriftLength(bytes: Uint8Array): number {
  let at = 0;

  function byte(): number {
    const value = bytes[at++];
    if (value === undefined) throw new CutOff('it ends early');
    return value;
  }

  function varint(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const next = byte();
      value += (next & 0x7f) * 2 ** (7 * i);
      if (next < 0x80) return value;
    }
    throw new Error('a number of more than 64 bits');
  }

  function skip(length: number): void {
    at += length;
    if (at > bytes.length) throw new CutOff('it ends early');
  }

  function element(type: number, depth: number): void {
    switch (type) {
      case 1:
      case 2:
        return;
      case 3:
        skip(1);
        return;
      case 4:
      case 5:
      case 6:
        varint();
        return;
      case 7:
        skip(8);
        return;
      case 8:
        skip(varint());
        return;
      case 9:
        list(depth);
        return;
      case 12:
        struct(depth);
        return;
      default:
        throw new Error(`a field of the unknown type ${type}`);
    }
  }

  function list(depth: number): void {
    const head = byte();
    const count = head >> 4 === 15 ? varint() : head >> 4;
    const type = head & 15;
    // Each element takes a byte at least.
    if (count > bytes.length - at) throw new CutOff('it ends early');
    for (let i = 0; i < count; i++) {
      if (type === 1 || type === 2) skip(1);
      else element(type, depth + 1);
    }
  }

  function struct(depth: number): void {
    if (depth > deepest) throw new Error('too many structures in each other');
    for (let head = byte(); head !== 0; head = byte()) {
      if (head >> 4 === 0) varint();
      element(head & 15, depth + 1);
    }
  }

  struct(0);
  return at;
}
