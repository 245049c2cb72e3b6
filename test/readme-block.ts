import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The flags of a command in README.md, and what it prints: the block after it, each space one. */
export function readmeExample(command: string): { flags: string[]; output: string } {
  const start = readme.indexOf(`\`\`\`sh\nnpx study ${command} `);
  expect(start, `no block of study ${command} in README.md`).toBeGreaterThan(-1);
  const [, input, , output] = readme.slice(start).split(/^```(?:sh)?\n/m);
  return { flags: input!.trim().split(' ').slice(3), output: spaced(output!) };
}

/** README.md wraps long lines. */
export function spaced(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
