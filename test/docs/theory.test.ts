import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at, Page } from './page.ts';

const page = new Page('docs/theory.md');
const sources = readdirSync(at('src'), { recursive: true, encoding: 'utf8' }).map(
  (name) => `/${name.replaceAll('\\', '/')}`,
);

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
});
