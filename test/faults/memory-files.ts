import type { ByteFiles } from '../../src/arrays/open-files.ts';

/** A file in memory: a million inputs need no disk. */
export function inMemory(name: string, file: Buffer): ByteFiles {
  const read = async (_: number, position: number, length: number) =>
    Buffer.from(file.subarray(position, position + length));
  return { paths: [name], size: async () => file.length, read, readNow: read, async close() {} };
}
