import type { Chunk } from './chunk.ts';

/** `FILE/000017`, by the row in its file; as wide as the last one needs, six digits at least. */
export function namesOf(chunks: readonly Chunk[], paths: readonly string[]): string[] {
  const rows = paths.map(() => 0);
  for (const { file, rows: more } of chunks) rows[file]! += more;
  const shared = sharedFolder(paths);
  return paths.flatMap((path, file) => {
    const width = Math.max(6, String(rows[file]! - 1).length);
    const prefix = path
      .slice(shared)
      .replaceAll('\\', '/')
      .replace(/\.parquet$/i, '');
    return Array.from(
      { length: rows[file]! },
      (_, i) => `${prefix}/${String(i).padStart(width, '0')}`,
    );
  });
}

/** How many characters of the paths are folders that all of them share. */
function sharedFolder(paths: readonly string[]): number {
  const [first = ''] = paths;
  const folders = [...first.matchAll(/[/\\]/g)].map(({ index }) => index + 1);
  return (
    folders.findLast((end) => paths.every((path) => path.startsWith(first.slice(0, end)))) ?? 0
  );
}
