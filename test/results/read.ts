import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder of results/. */
export const resultsOf = (name: string) =>
  fileURLToPath(new URL(`../../results/${name}`, import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: JSON of eight kinds of study
export type Manifest = Record<string, any>;

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
}

/** Rows by a key, in order of appearance. */
export function grouped<Row>(rows: readonly Row[], key: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups.values()];
}
