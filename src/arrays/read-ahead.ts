/**
 * Reads by position that are mostly one after the other. Near the last one it reads more than is asked
 * for; further on it does not, because there what lies between is not wanted either.
 * @param read fewer bytes only at the end
 */
export function readAhead(
  read: (position: number, length: number) => Promise<Buffer>,
): (position: number, length: number) => Promise<Buffer> {
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  return async (position, length) => {
    const end = start + window.length;
    if (position < start || position + length > end) {
      const isNear = position >= start && position <= end + near;
      window = await read(position, Math.max(length, isNear ? ahead : least));
      start = position;
    }
    return window.subarray(position - start, position - start + length);
  };
}

const ahead = 1 << 18;
const near = 1 << 14;
const least = 1 << 12;
