/**
 * A module that is to run in a thread or a process of its own. Node 20 runs no TypeScript: it is the compiled
 * one also from src/, as in tests, which `npm test` builds first.
 *
 * @param path inside src/, without its extension
 */
export function compiledModule(path: string): URL {
  // The same relative path from src/arrays and from dist/arrays.
  return new URL(`../../dist/${path}.js`, import.meta.url);
}
