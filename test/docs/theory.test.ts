import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at, Page, records } from './page.ts';

const page = new Page('docs/theory.md');
const sources = readdirSync(at('src'), { recursive: true, encoding: 'utf8' }).map(
  (name) => `/${name.replaceAll('\\', '/')}`,
);

/** Sections that comments of the sources and the tests cite. */
function citations(): string[] {
  const texts = sources
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(at(`src${name}`), 'utf8').replaceAll(/\s+\*?\s*/g, ' '));
  return texts.flatMap((text) =>
    [...text.matchAll(/docs\/theory\.md`?, section (\d+(?:\.\d+)?)/g)].map(([, number]) => number!),
  );
}

describe('docs/theory.md', () => {
  it('names files that there are', () => {
    const lines = page.text.split(/\n\n/).filter((each) => each.startsWith('*Code:*'));
    expect(lines.length).toBeGreaterThan(7);
    const named = lines.flatMap((line) =>
      [...line.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    );
    const missing = named.filter(
      (name) => !sources.some((source) => source.endsWith(`/${name.replace(/\/$/, '')}`)),
    );
    expect(missing).toEqual([]);
  });

  it('has the constants of results/published-pairs', async () => {
    const pairs = await records('published-pairs/predictions.csv');
    const rows = page.table('C of its pairs');
    const nameOf = ({ dataset, network }: (typeof pairs)[number]) =>
      network === 'fid-inception' ? `\`${dataset}\`` : `\`${dataset}\` by \`${network}\``;
    const of = (name: string, uses: string[]) =>
      pairs
        .filter((row) => nameOf(row) === name && uses.includes(String(row.use)))
        .map((row) => Number(row.apparent_constant))
        .sort((a, b) => a - b)
        .map((constant) => (constant / 1000).toFixed(1))
        .join(', ');
    const names = [...new Set(pairs.map(nameOf))];
    expect(rows).toEqual(
      names.map((name) => [
        name,
        of(name, ['constant', 'test']),
        of(name, ['small-n']),
        of(name, ['counter-example']),
      ]),
    );
  });

  it('is cited by sections that it has', () => {
    const headings = [...page.text.matchAll(/^#{2,3} (\d+(?:\.\d+)?)/gm)].map(
      ([, number]) => number,
    );
    const cited = citations();
    expect(cited.length).toBeGreaterThan(5);
    expect(cited.filter((number) => !headings.includes(number))).toEqual([]);
  });
});
