import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileTable } from './page.ts';

describe('docs/images.md', () => {
  it('says what becomes of the files that other tools write', async () => {
    const page = readFileSync(new URL('../../docs/images.md', import.meta.url), 'utf8');
    expect(page).toContain((await fileTable()).join('\n'));
  });
});
