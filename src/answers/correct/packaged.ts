import { readFileSync } from 'node:fs';

/**
 * The text of a file of experiments/, which comes with the package. It is apart because `npm run site` puts
 * the text itself in its place: what is left of the answers imports nothing of Node's.
 */
export function readPackaged(name: string): string {
  // The same relative path from src/answers/correct and from dist/answers/correct.
  return readFileSync(new URL(`../../../experiments/${name}`, import.meta.url), 'utf8');
}
