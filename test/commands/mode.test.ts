import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { extractCommand } from '../../src/commands/extract.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { picture, png } from '../images/sources.ts';
import { withEmptyCache } from '../models/pulled.ts';
import { runCommand } from './run.ts';

const of = ['--model', 'nsfw-inception-v3', '--mode', 'clean'];

describe('--mode', () => {
  it.each<[string, () => Command, (images: string) => string[]]>([
    ['extract', extractCommand, (images) => ['--images', images, '--out', `${images}-out`]],
    ['fid', fidCommand, (images) => [images, images]],
    ['stats', statsCommand, (images) => [images, '--out', `${images}.npz`]],
    ['sweep', sweepCommand, (images) => ['--reference', images, '--generated', images]],
  ])('of study %s reaches the model', (_, command, args) =>
    withEmptyCache(async (folder) => {
      const images = join(folder, 'images');
      mkdirSync(images);
      for (const i of [0, 1, 2]) writeFileSync(join(images, `${i}.png`), await png(picture(i)));
      await expect(runCommand(command(), [...args(images), ...of])).rejects.toMatchObject({
        message: 'model nsfw-inception-v3 has no mode clean',
        hint: 'its modes: bilinear-half-pixel',
      });
      await expect(
        runCommand(command(), [...args(images), '--model', 'fid-inception', '--mode', 'clean']),
      ).rejects.toThrow(/fid-inception-clean\.onnx$/);
    }),
  );
});
