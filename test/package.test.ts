import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<
    string,
    {
      resolved?: string;
      integrity?: string;
      link?: boolean;
      optionalDependencies?: Record<string, string>;
    }
  >;
};

describe('the package', () => {
  it('pins every dependency by its hash', () => {
    const unpinned = Object.entries(lock.packages)
      .filter(([path, { integrity, link }]) => path !== '' && !integrity && !link)
      .map(([path]) => path);
    expect(unpinned).toEqual([]);
  });

  it('locks the builds of every platform, or `npm ci` would fail on the others', () => {
    const locked = new Set(
      Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)),
    );
    const wanted = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });

  it.each(['', 'notebooks/'])(
    'names no registry in %spackage-lock.json, and keeps it so',
    (folder) => {
      const { packages } = JSON.parse(read(`${folder}package-lock.json`)) as typeof lock;
      expect(Object.keys(packages).length).toBeGreaterThan(1);
      const addresses = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);
      expect(addresses.filter((address) => address.includes('://'))).toEqual([]);
      // Without it npm writes down the registry of whoever installs next.
      expect(read(`${folder}.npmrc`)).toMatch(/^omit-lockfile-registry-resolved=true$/m);
    },
  );

  it('ships every file that its modules read beside themselves', () => {
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    const modules = readdirSync(new URL('../src', import.meta.url), {
      encoding: 'utf8',
      recursive: true,
    }).filter((name) => name.endsWith('.ts'));
    const wanted = modules.flatMap((name) =>
      [...read(`src/${name}`).matchAll(/new URL\(\s*['`](?:\.\.\/)+([a-z][^'`$]*)/g)].map(
        ([, path]) => path!.replace(/\/$/, ''),
      ),
    );
    expect(wanted).toEqual(expect.arrayContaining(['experiments', 'results/jitter/jitter.csv']));
    const ships = (path: string) =>
      files.some((file) => path === file || path.startsWith(`${file}/`));
    expect(wanted.filter((path) => !ships(path))).toEqual([]);
    for (const path of new Set(wanted)) {
      expect(existsSync(fileURLToPath(new URL(`../${path}`, import.meta.url)))).toBe(true);
    }
  });

  it('runs no install scripts', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });

  it('has one version in package.json, CITATION.cff and CHANGELOG.md', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(read('CITATION.cff')).toContain(`version: ${version}\n`);
    expect(read('CHANGELOG.md')).toContain(`## ${version} `);
  });
});
