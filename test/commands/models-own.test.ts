import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { modelsCommand } from '../../src/commands/models.ts';
import { withEmptyCache } from '../models/pulled.ts';
import { runCommand } from './run.ts';

const file = fileURLToPath(new URL('../torch/fixtures/legacy.pth', import.meta.url));
const hash = createHash('sha256').update(readFileSync(file)).digest('hex');

function pull(...args: string[]): Promise<string[]> {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  return runCommand(modelsCommand(), ['pull', ...args]);
}

describe('study models pull with weights of your own', () => {
  it.each([
    ['a hash', ['fid-inception', '--from', file, '--as', 'mine'], 'need a file, its sha256 and'],
    ['a file', ['fid-inception', '--sha256', hash, '--as', 'mine'], 'need a file, its sha256 and'],
    ['a name', ['fid-inception', '--from', file, '--sha256', hash], 'need a file, its sha256 and'],
    [
      'a network that takes them',
      ['nsfw-inception-v3', '--from', file, '--sha256', hash, '--as', 'mine'],
      'does not take your own weights',
    ],
    [
      'a whole hash',
      ['fid-inception', '--from', file, '--sha256', hash.slice(1), '--as', 'mine'],
      'invalid --sha256; not 64 hexadecimal digits',
    ],
    [
      'a name that is none of the built-in ones',
      ['fid-inception', '--from', file, '--sha256', hash, '--as', 'fid-inception'],
      'fid-inception is the name of a built-in model',
    ],
    [
      'a name that is no path',
      ['fid-inception', '--from', file, '--sha256', hash, '--as', '../mine'],
      'invalid --as; not a name: ../mine',
    ],
    [
      'the file that the hash is of',
      ['fid-inception', '--from', file, '--sha256', '0'.repeat(64), '--as', 'mine'],
      `sha256 ${hash}, not ${'0'.repeat(64)}`,
    ],
    [
      'weights of this network',
      ['fid-inception', '--from', file, '--sha256', hash.toUpperCase(), '--as', 'mine'],
      'tensor Conv2d_1a_3x3.conv.weight is missing',
    ],
  ])('needs %s', (_, args, message) =>
    withEmptyCache(async (cache) => {
      await expect(pull(...args)).rejects.toMatchObject({
        name: 'StudyError',
        message: expect.stringContaining(message),
      });
      expect(existsSync(join(cache, 'models'))).toBe(false);
    }),
  );

  it('takes nothing but the pinned file for fid-inception itself', () =>
    withEmptyCache(async (cache) => {
      const pinned = '6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2';
      await expect(pull('fid-inception', '--from', file)).rejects.toMatchObject({
        message: expect.stringMatching(
          new RegExp(`${readFileSync(file).length} bytes, not 95628359; .*not ${pinned}`),
        ),
        hint: expect.stringMatching(
          new RegExp(`https://github\\.com/mseitzer/.*${pinned}.*--from FILE`),
        ),
      });
      expect(existsSync(join(cache, 'models'))).toBe(false);
    }));
});
