import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { extractCommand } from '../../src/commands/extract.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { modelsCommand } from '../../src/commands/models.ts';
import { readNames } from '../../src/embeddings/names.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { golden, lacksGolden } from '../golden.ts';
import { withEmptyCache } from '../models/pulled.ts';
import { runCommand } from './run.ts';

const [WEIGHTS, FEATURES] = ['fid-inception-synthetic.pth.gz', 'features-clean.npy'] as const;
const images = golden('images');

describe.skipIf(lacksGolden(WEIGHTS, FEATURES, 'images'))('weights of your own', () => {
  it('go from a file to features in any mode, which are not mixed and not called comparable', () =>
    withEmptyCache(async (cache) => {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const file = join(cache, 'synthetic.pth');
      const packed = readFileSync(golden(WEIGHTS));
      const weights = gunzipSync(packed);
      writeFileSync(file, weights);
      const hash = createHash('sha256').update(weights).digest('hex');

      const own = ['--from', file, '--sha256', hash, '--as', 'synthetic'];
      const lines = await runCommand(modelsCommand(), ['pull', 'fid-inception', ...own]);
      expect(lines[0]).toBe('note: its distances are not comparable with published FIDs');
      const listed = await runCommand(modelsCommand(), ['list']);
      expect(listed.join('\n')).toContain('synthetic  [pulled]');
      const clean = await resolveExtractor('synthetic', 'clean');
      const legacy = await resolveExtractor('synthetic');
      expect(clean).toMatchObject({ mode: 'clean', comparable: false, dimension: 2048 });
      expect(legacy.mode).toBe('legacy_tensorflow');
      expect(legacy.sha256).not.toBe(clean.sha256);

      for (const mode of ['clean', 'legacy_tensorflow']) {
        const flags = ['--images', images, '--model', 'synthetic', '--mode', mode];
        await runCommand(extractCommand(), [...flags, '--out', join(cache, mode)]);
        const manifest = JSON.parse(readFileSync(join(cache, mode, 'manifest.json'), 'utf8'));
        expect(manifest.model).toMatchObject({ name: 'synthetic', mode, comparable: false });
        expect(await readNames(join(cache, mode))).toHaveLength(8);
      }
      const features = readFileSync(join(cache, 'clean', 'features.npy'));
      const expected = readFileSync(golden(FEATURES));
      const floats = (npy: Buffer) =>
        new Float32Array(new Uint8Array(npy.subarray(-8 * 2048 * 4)).buffer);
      const reference = floats(expected);
      const largest = reference.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      for (const [i, value] of floats(features).entries()) {
        expect(Math.abs(value - reference[i]!)).toBeLessThan(2e-5 * largest);
      }
      await expect(
        runCommand(fidCommand(), [join(cache, 'clean'), join(cache, 'legacy_tensorflow')]),
      ).rejects.toThrow('different modes: clean and legacy_tensorflow');
    }));
});
