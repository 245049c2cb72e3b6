import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const source = fileURLToPath(new URL('../src', import.meta.url));

/** An import of one module of src/ by another; paths are those below src/. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Gone once compiled. */
  readonly isType: boolean;
}

const statement =
  /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm;

/** Every import between modules of src/, types too. AssemblyScript is a program of its own. */
export function importsOfSource(): Import[] {
  const files = readdirSync(source, { encoding: 'utf8', recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.startsWith('kernels/assembly/'));
  return files.flatMap((from) =>
    [...readFileSync(join(source, from), 'utf8').matchAll(statement)].map((match) => {
      const to = resolve(source, dirname(from), match[2] ?? match[3]!);
      return { from, to: relative(source, to).replaceAll('\\', '/'), isType: Boolean(match[1]) };
    }),
  );
}

/** All modules that some modules load, themselves among them. */
export function loadedBy(roots: readonly string[], imports: readonly Import[]): Set<string> {
  const found = new Set(roots);
  // A set gives what is added to it while it is walked, too.
  for (const module of found) {
    for (const { from, to, isType } of imports) if (from === module && !isType) found.add(to);
  }
  return found;
}
