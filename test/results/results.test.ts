import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { drawCharts } from '../../src/charts/draw.ts';
import { renderCharts } from '../../src/charts/render.ts';
import { writeReport } from '../../src/charts/report/folder.ts';
import { readSweepFolder } from '../../src/charts/sweep-folder.ts';
import { summarise } from '../../src/sweep/summary.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { CHARTS } from './charts.ts';
import { manifestOf, resultsOf } from './read.ts';

const experiments = fileURLToPath(new URL('../../experiments', import.meta.url));
const SWEEPS = ['cifar10-cfm', 'moments', 'cfm-gap/surrogate'];

/**
 * Compares files that the code has drawn with the committed ones. `REDRAW=1 npx vitest run --project
 * fast test/results` replaces the committed ones: look at each picture before it is committed.
 */
async function expectCommitted(name: string, draw: (out: string) => Promise<readonly string[]>) {
  const paths = await draw(process.env.REDRAW ? resultsOf(name) : temporaryFolder());
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) {
    const committed = join(resultsOf(name), basename(path));
    // Pixels are rounded by the processor; the picture is made of the SVG alone.
    if (path.endsWith('.png')) expect(existsSync(committed)).toBe(true);
    else expect(readFileSync(path, 'utf8')).toBe(readFileSync(committed, 'utf8'));
  }
  const charts = readdirSync(resultsOf(name)).filter((file) => file.endsWith('.vl.json'));
  expect(charts.sort()).toEqual(
    paths
      .map((path) => basename(path))
      .filter((file) => file.endsWith('.vl.json'))
      .sort(),
  );
}

/** Folders of results/ that hold a chart. */
function foldersWithCharts(below: string): string[] {
  const entries = readdirSync(resultsOf(below), { withFileTypes: true });
  const own = entries.some(({ name }) => name.endsWith('.vl.json')) ? [below] : [];
  const inner = entries.filter((entry) => entry.isDirectory());
  return [...own, ...inner.flatMap(({ name }) => foldersWithCharts(join(below, name)))].sort();
}

describe('the committed charts', () => {
  it('are all drawn again by these tests', () => {
    const drawn = [...Object.keys(CHARTS), ...SWEEPS].sort();
    expect(foldersWithCharts('')).toEqual(drawn);
  });

  it.each(Object.keys(CHARTS))('of %s are those that the code draws from its tables', (name) =>
    expectCommitted(name, async (out) => {
      const folder = resultsOf(name);
      const charts = await CHARTS[name]!(folder, manifestOf(folder));
      return (await renderCharts(charts, out)).flatMap(({ paths }) => paths);
    }),
  );

  it.each(SWEEPS)('of the sweep %s are those that the code draws from its tables', (name) =>
    expectCommitted(name, async (out) => {
      const paths = await drawCharts(await readSweepFolder(resultsOf(name)), out);
      return [...paths, await writeReport(resultsOf(name), out)];
    }),
  );
});

describe('a committed manifest', () => {
  const files = readdirSync(experiments).filter((name) => name.endsWith('.json'));

  it.each(files)('of %s has the header of the experiment', (file) => {
    const { header, experiment } = JSON.parse(readFileSync(join(experiments, file), 'utf8'));
    const manifest = manifestOf(resultsOf(experiment ?? basename(file, '.json')));
    expect(manifest.header ?? manifest.settings.header).toEqual(header);
  });

  it.each(SWEEPS)('of the sweep %s has the summary of its table', async (name) => {
    const { manifest, performance } = await readSweepFolder(resultsOf(name));
    expect(manifest.summary).toBe(summarise(performance, manifest.estimand!));
  });
});
