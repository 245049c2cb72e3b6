import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../arrays/folder.ts';
import { at, Page } from './page.ts';

/** Debian's, which has python3-numpy and python3-pandas. */
const python = '/usr/bin/python3';
const page = new Page('docs/python.md').text;
/** Blocks of `python` run, those of `py` are shown. */
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code]) => code!,
  );

function lacks(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import numpy, pandas'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return `skipped: ${python} with NumPy and pandas is absent (apt-get install python3-pandas)`;
  }
}

const lacking = lacks();
if (lacking) console.log(lacking);

describe.skipIf(lacking)('docs/python.md', () => {
  it('runs from the first block to the last', () => {
    const folder = temporaryFolder();
    // `npx study` of a project that has the package.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${at('bin/study.js')}' "$@"\n`;
    writeFileSync(join(bin, 'npx'), npx);
    chmodSync(join(bin, 'npx'), 0o755);
    const code = blocks('python');
    expect(code.length).toBeGreaterThan(5);
    writeFileSync(join(folder, 'page.py'), code.join('\n'));
    const env = {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      STUDY_CACHE: join(folder, 'cache'),
    };
    const printed = execFileSync(python, ['page.py'], { cwd: folder, env, encoding: 'utf8' });
    expect(printed).toContain('study: no such file or folder: missing.npy');
    expect(printed).toMatch(/^500 +\d/m);
  }, 300_000);

  it('shows no code that is no Python', () => {
    for (const code of blocks('py')) {
      execFileSync(python, ['-c', 'import ast, sys; ast.parse(sys.argv[1])', code]);
    }
  });
});
