import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { plusMinus, thousands } from '../src/tables/number.ts';
import { readPerformance } from '../src/tables/performance.ts';
import { readRecords } from '../src/tables/records.ts';
import { screenTable } from '../src/tables/screen.ts';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const readme = readFileSync(at('README.md'), 'utf8');
const records = (path: string) => readRecords(at(`results/${path}`));

/** The body of the first Markdown table whose header has these words: its cells, row by row. */
function table(header: string): string[][] {
  const lines = readme.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && line.includes(header));
  expect(start, `no table in README.md with "${header}"`).toBeGreaterThan(-1);
  const body = lines.slice(start + 2);
  const end = body.findIndex((line) => !line.startsWith('|'));
  return body.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const count = (text: string) => Number(text.replaceAll(',', ''));

describe('a figure of README.md', () => {
  it('in the first example is that of results/cifar10-cfm', async () => {
    const performance = await readPerformance(at('results/cifar10-cfm/performance.csv'));
    const published = [
      { size: 5000, fid: 9.75, label: '' },
      { size: 50_000, fid: 5.12, label: '' },
    ];
    expect(readme).toContain(screenTable(performance, published));
  });

  it('of real images is that of results/cifar10-real', async () => {
    const means = (await records('cifar10-real/performance.csv')).filter(
      ({ measure }) => measure === 'mean',
    );
    const cell = (experiment: string, size: number) => {
      const row = means.find((each) => each.experiment === experiment && each.size === size);
      if (!row) return '–';
      // The one draw of a whole pool has no error: three digits.
      if (row.mcse === null) return String(Number(Number(row.value).toPrecision(3)));
      return plusMinus(Number(row.value), Number(row.mcse));
    };
    const rows = table('FID of half against half');
    const expected = rows.map(([n]) => [
      n,
      cell('null', count(n!)),
      cell('train against test', count(n!)),
    ]);
    expect(rows).toEqual(expected);
  });

  it('of the gap between 5.12 and 9.75 is that of results/cfm-gap', async () => {
    const predictions = await records('cfm-gap/predictions.csv');
    const fixed = (value: unknown) => Number(value).toFixed(2);
    const of = (route: string, start = '') =>
      predictions.filter((row) => row.route === route && String(row.label).startsWith(start));
    const range = (rows: typeof predictions) => {
      const values = rows.map(({ fid }) => Number(fid));
      return `${fixed(Math.min(...values))} to ${fixed(Math.max(...values))}`;
    };
    const one = (row: (typeof predictions)[number]) => [
      fixed(row.fid),
      `${fixed(row.lower)} to ${fixed(row.upper)}`,
    ];
    const tails = of('sensitivity').filter(({ label }) => String(label).includes(', t '));
    const gaussian = of('sensitivity').filter(({ label }) => String(label).endsWith('Gaussian'));
    expect(table('route').map((cells) => cells.slice(2))).toEqual([
      one(of('surrogate')[0]!),
      one(of('published', 'all published')[0]!),
      [range(of('published', 'all but')), ''],
      [range(gaussian), ''],
      [tails.map(({ fid }) => fixed(fid)).join(', '), ''],
      ['', ''],
    ]);
    const inside = predictions.filter((row) => row.inside === true);
    expect(inside).toHaveLength(predictions.length);
    expect(readme).toContain(`9.75 lies within all ${predictions.length} intervals`);
  });

  it('of its causes is that of results/cause', async () => {
    const gaps = await records('cause/switched-off.csv');
    const rows = table('share of the gap that goes');
    const expected = rows.map(([name]) => {
      const row = gaps.find(({ switched_off }) => switched_off === name)!;
      const error = row.share_mcse === null ? null : 100 * Number(row.share_mcse);
      const share = 100 * Number(row.share);
      const text = error === null ? String(Number(share.toPrecision(2))) : plusMinus(share, error);
      return [name, `${text} %`, String(row.draws)];
    });
    expect(rows).toEqual(expected);
  });

  it('of the usual advice is that of results/practice', async () => {
    const biases = (await records('practice/practice.csv')).filter(
      ({ measure }) => measure === 'bias',
    );
    const [, text] = table('what it buys').find(([advice]) => advice!.startsWith('at least'))!;
    const found = [...text!.matchAll(/([\d.]+) at ([\d,]+)/g)];
    expect(found.length).toBeGreaterThan(2);
    for (const [, value, size] of found) {
      const row = biases.find(({ setting }) => setting === `${size!.replace(/,$/, '')} images`)!;
      const decimals = value!.split('.')[1]?.length ?? 0;
      expect(`${Number(row.value).toFixed(decimals)} at ${size}`).toBe(`${value} at ${size}`);
    }
  });

  it('of the estimators is that of results/estimators', async () => {
    const standings = await records('estimators/standings.csv');
    const header = readme
      .split('\n')
      .find((line) => /^\| \|( [\d,]+ \|)+$/.test(line) && line.includes('50,000'))!;
    const sizes = header.split('|').slice(2, -1).map(count);
    const rows = table(header);
    const expected = rows.map(([name]) => [
      name,
      ...sizes.map((size) => {
        const row = standings.find((each) => each.size === size && `\`${each.method}\`` === name)!;
        const ratio = Number(row.median_ratio);
        const share =
          ratio < 10 ? `${(100 * ratio).toFixed(1)} %` : `× ${thousands(Math.round(ratio))}`;
        const { coverage } = row;
        const held = coverage === null ? 'no interval' : `${(100 * Number(coverage)).toFixed(0)} %`;
        return `${share} (${held})`;
      }),
    ]);
    expect(rows).toEqual(expected);
  });

  it('of published pairs is that of results/published-pairs', async () => {
    const predictions = await records('published-pairs/predictions.csv');
    // Those marked beforehand come last; a pair alone in its data set is predicted from nothing.
    const marked = ({ use }: (typeof predictions)[number]) =>
      Number(use !== 'test' && use !== 'constant');
    const shown = predictions
      .filter(({ predicted }) => predicted !== null)
      .sort((a, b) => marked(a) - marked(b));
    const cells = table('| N | predicted | reported |');
    const fixed = (value: unknown) => Number(value).toFixed(2).replace('-', '−');
    expect(cells.map((row) => row.slice(2))).toEqual(
      shown.map(({ predicted, reported, error, lower, upper }) => [
        fixed(predicted),
        reported === 0 ? '0' : fixed(reported),
        fixed(error),
        `${fixed(lower)} to ${fixed(upper)}`,
      ]),
    );
    const manifest = JSON.parse(readFileSync(at('results/published-pairs/manifest.json'), 'utf8'));
    const { unmarked, all } = manifest.errors;
    const text = readme.replaceAll(/\s+/g, ' ');
    const percent = (100 * unmarked.medianShare).toFixed(0);
    expect(text).toContain(
      `median error ${fixed(unmarked.median)}, ${percent} % of what was corrected, worst ${fixed(unmarked.worst)}`,
    );
    expect(text).toContain(`median ${fixed(all.median)}, worst ${fixed(all.worst)}`);
  });
});
