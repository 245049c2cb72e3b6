import { describe, expect, it } from 'vitest';
import { Page, type Row, records } from './page.ts';

const page = new Page('docs/reliability-of-estimates.md');
const rows = await records('intervals/coverage.csv');

/** The surrogates in the words of the page. */
const NAMES: Readonly<Record<string, string>> = {
  isotropic: 'isotropic',
  'power law 0.8': 'power-law-0.8',
  'power law 1.25': 'power-law-1.25',
  'power law 1.6': 'power-law-1.6',
  spiked: 'spiked',
  't, 8 degrees of freedom': 'student-t',
  't, 5': 'student-t-5',
  't, 4': 'student-t-4',
  'reference t (8), generated Gaussian': 't-reference',
  'reference Gaussian, generated t (8)': 't-generated',
  'rectified Gaussian': 'relu',
  'log-normal marginals': 'log-normal',
  'ten rectified Gaussians': 'mixture',
  'coordinates mixed in pairs': 'rotated',
  'low rank plus noise': 'low-rank',
  'one row 25 times as far out': 'outlier',
};
const REFERENCES = ['known', 'equal', '24'].filter((reference) =>
  rows.some((row) => String(row.reference) === reference),
);
const SIZES = [...new Set(rows.map(({ size }) => Number(size)))].sort((a, b) => a - b);

const of = (mechanism: string | undefined, reference: string, size: number): Row =>
  rows.find(
    (row) =>
      row.mechanism === mechanism && String(row.reference) === reference && row.size === size,
  )!;
const percent = (share: unknown) =>
  (100 * Number(share)).toFixed(0).replace(/^-/, '−').replace('−0', '0');
const coverage = (row: Row) => (row.coverage === null ? 'flagged' : `${percent(row.coverage)} %`);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

describe('a figure of docs/reliability-of-estimates.md', () => {
  it('of coverage by surrogate, reference and size is that of results/intervals', () => {
    const table = page.table('| surrogate | known, 5,000 |');
    expect(table.map(([name]) => NAMES[name!])).toEqual(Object.values(NAMES));
    for (const [name, ...cells] of table) {
      expect([name, ...cells]).toEqual([
        name,
        ...REFERENCES.flatMap((reference) =>
          SIZES.map((size) => coverage(of(NAMES[name!], reference, size))),
        ),
      ]);
    }
  });

  it('of what intervals were and are, with 5,000 images, is that of results/intervals', () => {
    for (const [name, ...cells] of page.table('| surrogate | known: before | after |')) {
      const [known, equal] = ['known', 'equal'].map((each) => of(NAMES[name!], each, 5000));
      if (known && cells[0]) {
        expect([name, cells[1], cells[3]]).toEqual([
          name,
          coverage(known),
          `${percent(known.relative_bias)} %`,
        ]);
      }
      expect([name, cells[5], cells[7]]).toEqual([
        name,
        coverage(equal!),
        `${percent(equal!.relative_bias)} %`,
      ]);
    }
  });

  it.each(SIZES)('of all surrogates together, %i images, is that of results/intervals', (size) => {
    const covered = rows.filter((row) => row.size === size && row.coverage !== null);
    const shares = covered.map((row) => Number(row.coverage));
    const found = page
      .table('| N (of 2,048 dimensions) |')
      .find(([name]) => Number(name!.replace(',', '')) === size)!;
    expect(found.slice(1)).toEqual([
      `${(size / 2048).toFixed(1)}`,
      `${percent(mean(shares))} %`,
      `${percent(Math.min(...shares))} %`,
      `${covered.filter((row) => Number(row.coverage) < 0.9).length} of ${covered.length}`,
      median(covered.map((row) => Number(row.width_ratio))).toFixed(1),
    ]);
  });
});
