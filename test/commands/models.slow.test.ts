import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelsCommand } from '../../src/commands/models.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { fetchTarball, withEmptyCache } from '../models/pulled.ts';
import { runCommand } from './run.ts';

const name = 'nsfw-inception-v3';
const warning = 'not comparable with published FIDs';
const study = (...args: string[]) => runCommand(modelsCommand(), args);

describe('study models', () => {
  it('pulls from a tarball, prints the path alone, sees damage and mends it', (context) =>
    withEmptyCache(async (folder) => {
      const tarball = await fetchTarball();
      if (typeof tarball === 'string') return context.skip(tarball);
      const file = join(folder, 'nsfwjs.tgz');
      writeFileSync(file, tarball);

      const lines = await study('pull', name, '--from', file);
      const path = join(folder, 'models', name, `${name}.onnx`);
      expect(lines).toEqual([`note: its distances are ${warning}`, `${name} is in ${path}`]);
      expect(await study('path', name)).toEqual([path]);
      const extractor = await resolveExtractor(name);
      expect(extractor).toMatchObject({ name, path, dimension: 2048, comparable: false });

      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(path, bytes);
      await expect(study('path', name)).rejects.toThrow('is damaged in the cache folder');
      await study('pull', name, '--from', file);
      expect((await resolveExtractor(name)).sha256).toBe(extractor.sha256);
      expect(existsSync(path)).toBe(true);
    }));
});
