import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...docs.map((name) => `docs/${name}`),
];
/** Generated: one line a paragraph. */
const written = pages.filter((page) => page !== 'docs/benchmarks.md');

/** Text of a page without its blocks of code. */
function prose(page: string): string {
  return readFileSync(join(root, page), 'utf8').replaceAll(/^ *```.*?^ *```/gms, '');
}

/** What links and images name that is no web address. */
function targets(page: string): string[] {
  const all = [...prose(page).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target!);
  return all.filter((target) => !/^[a-z]+:/.test(target));
}

/** Names of a page's headings as GitHub makes them. */
function anchors(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('documentation', () => {
  it.each(pages)('of %s has no link or image that leads nowhere', (page) => {
    const broken = targets(page).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchors(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(written)('of %s is wrapped at 110 characters, tables aside', (page) => {
    const lines = prose(page).split('\n');
    // A link or a picture cannot be broken.
    const long = lines.filter((line) => line.length > 110 && !/^\||^\S+$|^!\[/.test(line));
    expect(long).toEqual([]);
  });

  it('is shipped with the package, all of it', () => {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(files).toContain('docs');
    expect(targets('README.md').length).toBeGreaterThan(20);
  });
});
