import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { publishedPairs } from '../../../src/answers/correct/pairs.ts';
import { publishedSpreads } from '../../../src/answers/correct/sampling-error.ts';
import { parsePairs, parseSpreads } from './published.ts';

const root = new URL('../../../', import.meta.url);
const module = fileURLToPath(new URL('src/answers/correct/packaged.ts', root));
const textOf = (name: string) => readFileSync(new URL(`experiments/${name}`, root), 'utf8');
const pairs = parsePairs(textOf('published-pairs.csv'), 'published-pairs.csv');
const spreads = parseSpreads(textOf('published-spreads.csv'), 'published-spreads.csv');

/** `REDRAW=1 npx vitest run --project fast test/answers/correct/packaged.test.ts` writes it again. */
if (process.env.REDRAW) {
  const [head] = readFileSync(module, 'utf8').split('\n// biome-ignore');
  const parts = Object.entries({ packagedPairs: pairs, packagedSpreads: spreads }).map(
    ([name, rows]) => {
      const lines = rows.map((row) => `  ${JSON.stringify(row)},\n`);
      return `// biome-ignore format: a row a line\nexport const ${name} = [\n${lines.join('')}] as const;\n`;
    },
  );
  writeFileSync(module, [head, ...parts].join('\n'));
}

it('compiles in the rows of experiments/published-pairs.csv and published-spreads.csv', () => {
  expect(publishedPairs()).toEqual(pairs);
  expect(publishedSpreads()).toEqual(spreads);
  expect(pairs.length).toBeGreaterThan(30);
});
