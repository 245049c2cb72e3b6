import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fillLatent } from '../../src/generators/latents.ts';
import { openGenerator } from '../../src/generators/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const python = '/usr/bin/python3';
const lacksTorch = spawnSync(python, ['-c', 'import torch, onnx']).status !== 0;
if (lacksTorch) console.log(`skipped: ${python} has no PyTorch to export with`);

const count = 40;
const steps = 12;
const numbers = 3 * 8 * 8;

describe('the sampler that docs/generators.md exports', () => {
  it('is the one that is shown', () => {
    const page = readFileSync(new URL('../../docs/generators.md', import.meta.url), 'utf8');
    const lines = readFileSync(fixture('export_sampler.py'), 'utf8');
    expect(page).toContain(`\n\`\`\`python\n${lines}\`\`\`\n`);
  });

  it.skipIf(lacksTorch)('gives the images of PyTorch’s own loop', async () => {
    const folder = temporaryFolder();
    const latent = { name: 'noise', shape: [3, 8, 8], distribution: 'normal', std: 1 } as const;
    const latents = new Float32Array(count * numbers);
    for (let i = 0; i < count; i++) {
      const own = latents.subarray(i * numbers, (i + 1) * numbers);
      fillLatent({ ...latent, shape: [3, 8, 8] }, 5, i, own);
    }
    writeFileSync(join(folder, 'latents.bin'), Buffer.from(latents.buffer));
    const run = spawnSync(python, [fixture('run_sampler.py'), folder, String(steps)]);
    expect(`${run.stderr}`.replace(/.*Warning.*/g, '')).not.toContain('Error');
    expect(run.status).toBe(0);

    const source = await openGenerator({ path: join(folder, 'toy.onnx'), count, seed: 5 });
    const drawn = Buffer.concat(await Promise.all(source.names.map((_, i) => source.read(i))));
    await source.close();
    const expected = readFileSync(join(folder, 'images.bin'));
    expect(drawn).toHaveLength(expected.length);
    const apart = drawn.map((value, i) => Math.abs(value - expected[i]!));
    // Times and sums are rounded differently: a value at the edge of two levels may go to the other one.
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
    const other = apart.filter((each) => each > 0).length;
    expect(other / apart.length).toBeLessThan(1e-3);
    expect(new Set(drawn).size).toBeGreaterThan(50);
  });
});
