import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { modelsCommand } from '../../src/commands/models.ts';
import { StudyError } from '../../src/errors.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { withEmptyCache } from '../models/pulled.ts';

const name = 'nsfw-inception-v3';
const warning = 'not comparable with published FIDs';

afterEach(() => vi.restoreAllMocks());

/** Runs `study models …`; the lines it prints on stdout. */
async function study(...args: string[]): Promise<string[]> {
  const out = vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  await modelsCommand().exitOverride().parseAsync(args, { from: 'user' });
  return out.mock.calls.map(([line]) => String(line));
}

describe('study models', () => {
  it('lists what there is, that it is not pulled, and its caution', () =>
    withEmptyCache(async (folder) => {
      const lines = await study('list');
      expect(lines[0]).toMatch(/^nsfw-inception-v3 {2}\[not pulled\]/);
      expect(lines.join('\n')).toContain(warning);
      expect(lines.at(-1)).toBe(`models are kept in ${join(folder, 'models')}`);
    }));

  it('says in its help that the distances are not comparable', () => {
    let help = '';
    const command = modelsCommand().configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toContain(warning);
  });

  it('asks for a pull before it gives a path', () =>
    withEmptyCache(async () => {
      await expect(study('path', name)).rejects.toMatchObject({
        name: 'StudyError',
        message: expect.stringContaining('has not been pulled'),
        hint: `run: study models pull ${name}`,
      });
    }));

  it('names the known models when one is unknown', () =>
    withEmptyCache(async () => {
      for (const run of [study('pull', 'vgg'), study('path', 'vgg'), resolveExtractor('vgg')]) {
        await expect(run).rejects.toMatchObject({
          message: 'unknown model: vgg',
          hint: expect.stringContaining(`known models: ${name}, fid-inception`),
        });
      }
    }));

  it('uses nothing of a file with another digest', () =>
    withEmptyCache(async (folder) => {
      const file = join(folder, 'other.tgz');
      writeFileSync(file, 'something else');
      await expect(study('pull', name, '--from', file)).rejects.toThrow(
        `${file} is not the expected file: sha512 `,
      );
      expect(readdirSync(folder)).toEqual(['other.tgz']);
    }));

  it('names a file that is not there', () =>
    withEmptyCache(async () => {
      await expect(study('pull', name, '--from', 'no.tgz')).rejects.toThrow(StudyError);
      await expect(study('pull', name, '--from', 'no.tgz')).rejects.toThrow('cannot read no.tgz');
    }));
});
