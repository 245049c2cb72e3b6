import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand as study } from '../../../src/commands/run.ts';
import { temporaryFolder } from '../../arrays/folder.ts';
import { runCommand } from '../../commands/run.ts';

it('the study of published pairs writes what is committed of it', async () => {
  const out = temporaryFolder();
  const lines = await runCommand(study(), ['experiments/published-pairs.json', '--out', out]);
  for (const name of ['predictions.csv', 'predicted-against-reported.vl.json']) {
    expect(readFileSync(join(out, name), 'utf8')).toBe(
      readFileSync(join('results/published-pairs', name), 'utf8'),
    );
  }
  expect(lines.join('\n')).toMatch(
    /OT-CFM \(test\) +5,000 \(50,000\) → 50,000 \(50,000\) +25\.7k +26\.1k +5\.05 \[4\.\d+, 5\.\d+\] +5\.12/,
  );
  expect(lines.join('\n')).toMatch(
    /^27 published pairs, .*; 4 of them marked in advance .*; 16 that constants are made of: .*, 16 of 16 within their 95 % interval; 7 held out: .*, 7 of 7 .*; by family: all intervals hold in 14 of 14, .*; all 27: .* \(LDM\), 26 of 27 .*; OT-CFM, which/m,
  );
});
