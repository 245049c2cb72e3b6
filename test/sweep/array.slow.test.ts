import { join } from 'node:path';
import { describe, it } from 'vitest';
import { temporaryFolder } from '../arrays/folder.ts';
import { expectAlike, sweepsIn } from './in-parts.ts';

const folder = temporaryFolder();

describe('the draws of a sweep', () => {
  it.each(sweepsIn(folder))('%s are the same by 1, 3 or 7 tasks', async (what, input, inputsOf) => {
    await expectAlike(join(folder, what), input, await inputsOf(), [1, 3, 7]);
  });
});
