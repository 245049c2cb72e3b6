import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { compareCommand } from '../../src/commands/compare.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { estimatorsCommand } from '../../src/commands/estimators.ts';
import { extractCommand } from '../../src/commands/extract.ts';
import { jitterCommand } from '../../src/commands/jitter.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { reproduceCommand } from '../../src/commands/reproduce.ts';
import { runCommand as studyRun } from '../../src/commands/run.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png } from '../images/sources.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';
import { writeSmall } from './sweeps.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => writePool(folder, 30, 3, name)));
const small = writeSmall(folder);
const images = join(folder, 'images');
mkdirSync(images);
for (let i = 0; i < 4; i++) writeFileSync(join(images, `${i}.png`), await png(picture(i)));

describe('an --out that another command has written', () => {
  const commands: Record<string, [command: () => Command, flags: string[], holds: string]> = {
    sweep: [sweepCommand, ['--source', small, '--sizes', '10', '--seeds', '2'], 'estimate'],
    estimate: [estimateCommand, [a!.path, '--reference', b!.path], 'sweep'],
    compare: [compareCommand, [a!.path, b!.path, '--reference', c!.path], 'sweep'],
    plan: [planCommand, ['--bias', '0.5', '--dataset', 'cifar10'], 'sweep'],
    extract: [extractCommand, ['--images', images, '--model', 'nsfw-inception-v3'], 'sweep'],
    run: [studyRun, ['experiments/published-pairs.json'], 'sweep'],
    'run of a sweep': [studyRun, ['experiments/cifar10-cfm.json'], 'study'],
    reproduce: [reproduceCommand, ['published-pairs'], 'plan'],
    estimators: [estimatorsCommand, ['--dimension', '4'], 'comparison'],
    jitter: [jitterCommand, ['--images', images, '--model', 'nsfw-inception-v3'], 'sweep'],
  };

  it.each(Object.entries(commands))(
    'is refused by %s, and nothing there is touched',
    async (name, command) => {
      const [make, flags, holds] = command;
      const out = join(folder, `out of ${name}`);
      mkdirSync(out);
      const text = JSON.stringify({ format: `fid-study ${holds} 1` });
      writeFileSync(join(out, 'manifest.json'), text);
      const running = runCommand(make(), [...flags, '--out', out]);
      await expect(running).rejects.toThrow(/ holds .*, which would be overwritten$/);
      expect(readdirSync(out)).toEqual(['manifest.json']);
      expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe(text);
    },
  );

  it.each(['estimate', 'compare', 'plan'])('is written again by %s itself', async (name) => {
    const [make, flags] = commands[name]!;
    const out = join(folder, `again ${name}`);
    await runCommand(make(), [...flags, '--out', out]);
    const before = readFileSync(join(out, 'manifest.json'), 'utf8');
    await runCommand(make(), [...flags, '--out', out]);
    expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe(before);
    expect(JSON.parse(before).seal).toMatch(/^[0-9a-f]{64}$/);
  });
});
