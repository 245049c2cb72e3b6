// npm run bench [-- NAMES] [--quick] [--date TEXT]: runs the named benchmarks (or all), prints tables
// and, without --quick, replaces the old ones in docs/benchmarks.md.
// Peers: python3 (or $STUDY_PYTHON) with NumPy and "scipy<1.18" (newer ones have removed the `disp` of
// sqrtm, which pytorch-fid passes); pytorch-fid as a package or, as a checkout,
// in $PYTORCH_FID; PyTorch; the FID Inception's weights in $FID_WEIGHTS. A missing peer is left
// out, and the tables say so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { againstExpert } from './goals.mjs';
import { markdown } from './tables.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Those that the table against an expert has rows of. */
const withGoals = [
  'start',
  'eigenvalues',
  'covariance',
  'neighbours',
  'fid',
  'sweep',
  'extract',
  'extract-fid',
];
const benches = ['machine', ...withGoals, 'structures', 'normals', 'vit', 'cluster'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, date: { type: 'string' } },
});
const unknown = positionals.filter((name) => !benches.includes(name));
if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(', ')}; there are ${benches.join(', ')}`);
  process.exit(2);
}

// The launcher compiles changed files now, so that no measurement includes it.
spawnSync(process.execPath, [join(root, 'bin', 'study.js'), '--version'], { stdio: 'ignore' });

const folder = mkdtempSync(join(tmpdir(), 'study-bench-'));
const names = positionals.length > 0 ? positionals : benches;
const measured = new Map();
const goals = [];
const load = loadavg()[0].toFixed(2);
try {
  for (const name of names) {
    const options = { quick: values.quick, threads: availableParallelism(), folder };
    const { bench } = await import(`./${name}.mjs`);
    const parts = await bench(options).catch((error) => {
      // What the others measure is not lost.
      console.error(`${name} failed: ${error.stack}`);
      process.exitCode = 1;
      return [];
    });
    for (const part of parts) {
      measured.set(part.title, markdown(part));
      console.log(measured.get(part.title));
      goals.push(...(part.goals ?? []));
    }
    if (!values.quick) writeReport(measured);
  }
  if (goals.length > 0) {
    const { environment } = await import('../dist/provenance/environment.js');
    const { cpu, node } = environment();
    const part = againstExpert(goals, { cpu, node, load, cores: availableParallelism() });
    console.log(markdown(part));
    // A run of some benchmarks may have only some of its rows.
    if (withGoals.every((name) => names.includes(name))) measured.set(part.title, markdown(part));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (!values.quick) console.log(`written: ${writeReport(measured)}`);

/** The report with these parts replaced, and the others unchanged. */
function writeReport(measured) {
  const path = join(root, 'docs', 'benchmarks.md');
  const known = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split(/^(?=## )/m)
        .slice(1)
    : [];
  const parts = new Map(known.map((part) => [/^## (.*)$/m.exec(part)[1], part]));
  for (const [title, part] of measured) parts.set(title, part);
  const header = `# Benchmarks

Written by \`npm run bench\`${values.date ? ` on ${values.date}` : ''}. Figures are medians of several runs in wall time, ours and each peer's in turns in one run, on as many threads; tables can come from different runs.
`;
  mkdirSync(join(root, 'docs'), { recursive: true });
  const text = [header, ...parts.values()].map((part) => `${part.trimEnd()}\n`).join('\n');
  writeFileSync(path, text);
  return path;
}
