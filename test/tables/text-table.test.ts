import { expect, it } from 'vitest';
import { textTable } from '../../src/tables/text-table.ts';

it('a table aligns its columns to the right, or as told, and leaves no blanks at the end', () => {
  const table = {
    header: ['name', 'n', 'note'],
    rows: [
      ['a', '1000', ''],
      ['longer', '2', 'x'],
    ],
  };
  expect(textTable(table, ['left']).split('\n')).toEqual([
    'name       n  note',
    '──────  ────  ────',
    'a       1000',
    'longer     2     x',
  ]);
});
