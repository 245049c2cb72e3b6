import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kindLines, refusalLines, sideTable } from './page.ts';

const page = readFileSync(new URL('../../docs/sides.md', import.meta.url), 'utf8');

describe('docs/sides.md', () => {
  it('lists the kinds, the table and the refusals of every-kind.test.ts', () => {
    for (const lines of [kindLines(), sideTable(), refusalLines()]) {
      expect(page).toContain(lines.join('\n'));
    }
  });
});
