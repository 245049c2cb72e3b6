// npm run site: builds the page that answers without installing into site/dist/, which any host of static files
// can serve. The answers are src/ itself, bundled: three modules that read files or threads give way to
// those of site/browser/, and an import of Node's fails the build.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv[2] ?? join(root, 'site', 'dist');

/** Modules of src/ that need Node, and what does the same in a browser. */
const replaced = {
  'charts/scene.ts': 'scene.ts',
  'kernels/load.ts': 'load.ts',
  'linalg/fast.ts': 'fast.ts',
};

const forBrowser = {
  name: 'for-browser',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, resolveDir }) => {
      const full = join(resolveDir, path);
      const own = replaced[full.slice(join(root, 'src').length + 1).replaceAll('\\', '/')];
      return own ? { path: join(root, 'site', 'browser', own) } : undefined;
    });
    onResolve({ filter: /^node:/ }, ({ path, importer }) => ({
      errors: [{ text: `${importer} imports ${path}: a browser has none` }],
    }));
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'findings'), { recursive: true });
await build({
  entryPoints: ['main.ts', 'worker.ts'].map((name) => join(root, 'site', name)),
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  platform: 'browser',
  conditions: ['browser'],
  loader: { '.wasm': 'binary' },
  plugins: [forBrowser],
  logLevel: 'warning',
});
for (const name of ['index.html', 'icon.svg']) cpSync(join(root, 'site', name), join(out, name));
cpSync(join(root, 'pages', 'report.js'), join(out, 'report.js'));
const style = ['pages/report.css', 'site/site.css'].map((name) => readFileSync(join(root, name)));
writeFileSync(join(out, 'site.css'), Buffer.concat(style));
writeFileSync(join(out, 'findings.json'), JSON.stringify(findings()));

/** What each study found, with its charts, whose specs go into files of their own. */
function findings() {
  const results = join(root, 'results');
  return readdirSync(results, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const folder = join(results, name);
      const charts = readdirSync(folder)
        .filter((file) => file.endsWith('.vl.json'))
        .sort();
      if (charts.length === 0) return [];
      const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
      const files = charts.map((file) => {
        const spec = JSON.parse(readFileSync(join(folder, file), 'utf8'));
        const path = `findings/${name}-${basename(file)}`;
        writeFileSync(join(out, path), JSON.stringify(spec));
        return path;
      });
      const header = manifest.header ?? manifest.settings?.header ?? {};
      const answer = [manifest.answer ?? manifest.summary ?? []].flat();
      return [{ name, asked: header.aims ?? '', answer, charts: files }];
    });
}
