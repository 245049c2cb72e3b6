import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand as runStudy } from '../../src/commands/run.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { HEADER } from '../studies/header.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
mkdirSync(join(folder, 'experiments'));
const source = join(folder, 'small.json');
const definition = {
  name: 'small',
  dimension: 24,
  reference: { kind: 'power-law', exponent: 1.25, trace: 10 },
  generated: { kind: 'discrepancy', mean_term: 0.3, covariance_term: 0.2, exponent: 0.6 },
};
writeFileSync(source, JSON.stringify(definition));

/** Runs an experiment twice, from nothing each time; its lines and the bytes of its tables. */
async function runTwice(study: string, settings: object) {
  const path = join(folder, 'experiments', `${study}.json`);
  writeFileSync(path, JSON.stringify({ study, header: HEADER, source, ...settings }));
  const out = join(folder, 'results', study);
  const bytes = () => {
    const names = readdirSync(out).filter((name) => !/timings|steps/.test(name));
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(out, name), 'base64')]));
  };
  const lines = await runCommand(runStudy(), [path]);
  const first = bytes();
  rmSync(out, { recursive: true });
  await runCommand(runStudy(), [path]);
  expect(bytes()).toEqual(first);
  return { lines, out, names: Object.keys(first) };
}

describe('study run of a cause', () => {
  it('writes what goes with each explanation, the same bytes again', async () => {
    const curve = { dimension: 12, ratios: [0.5, 2, 20], draws: 3 };
    const { lines, names } = await runTwice('cause', {
      sizes: [48, 480],
      draws: 2,
      dimensions: [6],
      curves: [
        { ...curve, spectrum: 'power-law' },
        { ...curve, spectrum: 'isotropic' },
      ],
    });
    expect(names).toEqual(
      expect.arrayContaining([
        'bias-against-ratio.svg',
        'cause-shares.svg',
        'curve.csv',
        'manifest.json',
        'switched-off.csv',
      ]),
    );
    expect(lines.join('\n')).toMatch(/known covariance: [\d.]+ ± [\d.]+ % of it disappears/);
  });
});

describe('study run of the practice', () => {
  it('writes what each piece of advice buys, the same bytes again', async () => {
    const { lines, out } = await runTwice('practice', {
      sizes: [40, 400],
      bias_sizes: [40, 400],
      reference_sizes: [100],
      draws: 3,
      worse: 1.25,
    });
    const table = readFileSync(join(out, 'practice.csv'), 'utf8');
    for (const advice of ['the same N for every model', 'at least 50,000', 'precomputed']) {
      expect(table).toContain(advice);
    }
    // More images, less bias.
    const bias = (size: string) =>
      Number(new RegExp(`,${size} images,bias,([^,]+)`).exec(table)?.[1]);
    expect(bias('400')).toBeLessThan(bias('40') / 4);
    expect(lines.at(-1)).toContain(`are in ${out}`);
  });
});
