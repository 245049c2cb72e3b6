import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environment } from '../src/provenance/environment.ts';

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

  it('has no install script of a dependency run in a clone, by any npm', () => {
    // npm 12, and 11 from 11.16 on, ask allowScripts.
    const { allowScripts } = JSON.parse(read('package.json')) as {
      allowScripts: Record<string, boolean>;
    };
    const withScripts = Object.keys(lock.packages).filter((path) => {
      const file = new URL(`../${path}/package.json`, import.meta.url);
      if (path === '' || !existsSync(file)) return false;
      const { scripts = {} } = JSON.parse(readFileSync(file, 'utf8'));
      return ['preinstall', 'install', 'postinstall'].some((name) => name in scripts);
    });
    expect(withScripts).toContain('node_modules/onnxruntime-node');
    for (const path of withScripts) {
      expect(allowScripts[path.split('node_modules/').at(-1)!], path).toBe(false);
    }
    // Older ones run what the lock file says has scripts. `ignore-scripts` in .npmrc would stop them
    // too, and our own prepack with them: `npm pack` would ship no dist/.
    const marked = Object.entries(lock.packages).filter(([, entry]) => 'hasInstallScript' in entry);
    expect(marked.map(([path]) => path)).toEqual([]);
    expect(read('.npmrc')).not.toMatch(/ignore-scripts/);
  });

  it('pins exactly what decides bytes, and records it in every manifest', () => {
    const { dependencies, optionalDependencies } = JSON.parse(read('package.json')) as {
      dependencies: Record<string, string>;
      optionalDependencies: Record<string, string>;
    };
    const exact = Object.entries({ ...dependencies, ...optionalDependencies })
      .filter(([, range]) => /^\d+\.\d+\.\d+$/.test(range))
      .sort();
    expect(Object.entries(environment().libraries)).toEqual(exact);
    // Draws, products, pixels and measures; charts; tables and other files; tars and Parquet.
    const computing = ['seedrandom', 'ml-matrix', 'onnxruntime-node', 'sharp', '@blazediff/ssim'];
    const drawing = ['vega', 'vega-lite', '@resvg/resvg-js', 'dejavu-fonts-ttf'];
    const writing = ['csv-stringify', 'yazl', 'protobufjs'];
    const reading = ['hyparquet', 'hyparquet-compressors', 'tar-stream'];
    const expected = [...computing, ...drawing, ...writing, ...reading].sort();
    expect(exact.map(([name]) => name)).toEqual(expected);
  });

  it('is called by its own name, which npx knows, and by that of the command', () => {
    const { name, bin } = JSON.parse(read('package.json')) as {
      name: string;
      bin: Record<string, string>;
    };
    expect(bin).toEqual({ [name]: 'bin/study.js', study: 'bin/study.js' });
  });

  it('is built before it is packed', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    // From nothing: what a former build left behind must not be shipped.
    expect(scripts.prepack).toMatch(/rmSync\('dist', .* && npm run --silent build$/);
  });

  it('has one version in package.json, CITATION.cff and CHANGELOG.md', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(read('CITATION.cff')).toContain(`version: ${version}\n`);
    expect(read('CHANGELOG.md')).toContain(`## ${version} `);
  });
});
