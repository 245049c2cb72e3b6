import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { largestOf, smallestOf } from '../../src/arrays/extremes.ts';
import { readLabels } from '../../src/sides/labels.ts';
import { largestChange } from '../../src/studies/jitter/rows.ts';
import { textTable } from '../../src/tables/text-table.ts';
import { temporaryFolder } from './folder.ts';

const many = 300_000;

describe('extremes', () => {
  it('are those of Math, of more values than a call takes arguments', () => {
    const values = Array.from({ length: many }, (_, i) => (i * 7919) % 300_007);
    expect(() => Math.max(...values)).toThrow(RangeError);
    expect(smallestOf(values)).toBe(0);
    expect(largestOf(values)).toBe(values.reduce((a, b) => Math.max(a, b)));
    for (const few of [[], [3], [2, -1], [1, Number.NaN], [-0]]) {
      expect(largestOf(few)).toBe(Math.max(...few));
      expect(smallestOf(few)).toBe(Math.min(...few));
    }
  });

  it('are found in labels that are all distinct', async () => {
    const path = join(temporaryFolder(), 'labels.txt');
    writeFileSync(path, Array.from({ length: many }, (_, i) => `label ${i}`).join('\n'));
    const labels = await readLabels(path, many);
    expect(labels).toMatchObject({ count: many, smallest: 1, largest: 1 });
  });

  it('are found in tables of many rows', () => {
    const table = textTable({ header: ['n'], rows: Array(many).fill(['1234']) });
    expect(table.startsWith('   n\n────\n1234\n')).toBe(true);
    const row = { measure: 'fid', change: 1, relative_change: 0.5 } as never;
    expect(largestChange(Array(many).fill(row), ['fid'] as never, () => true)).toBe(1);
  });
});
