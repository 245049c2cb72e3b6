import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { runCommand as runStudy } from '../../src/commands/run.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import { HEADER } from '../studies/header.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
const model = tinyModel(join(folder, 'tiny.onnx'));
const { sha256 } = await resolveExtractor(model);

const images = join(folder, 'images.npz');
const values = Uint8Array.from({ length: 24 * 192 }, (_, i) => (i * 31 + (i >> 6)) % 251);
await writeNpz(images, { arr_0: { shape: [24, 8, 8, 3], values } });
const source = join(folder, 'small.json');
const spectrum = { kind: 'power-law', exponent: 1.25, trace: 10 };
const generated = { kind: 'discrepancy', mean_term: 0.3, covariance_term: 0.2, exponent: 0.6 };
writeFileSync(source, JSON.stringify({ name: 's', dimension: 24, reference: spectrum, generated }));
const path = join(folder, 'practice.json');
const extraction = {
  images,
  limit: 8,
  seed: 1,
  model,
  batch_sizes: [1, 32],
  networks: [2],
  reference: { path: images },
};
const sizes = { sizes: [40, 400], bias_sizes: [40, 400], reference_sizes: [100], draws: 2 };
writeFileSync(
  path,
  JSON.stringify({ study: 'practice', header: HEADER, source, ...sizes, extraction }),
);

async function run(name: string) {
  const out = join(folder, name);
  await runCommand(runStudy(), [path, '--out', out]);
  return (file: string) => readFileSync(join(out, file), 'utf8');
}

describe('study run of the practice, with a network', () => {
  it('measures batches and networks, the same bytes again but for seconds', async () => {
    const [first, second] = [await run('first'), await run('second')];
    const rows = first('practice.csv')
      .split('\n')
      .filter((row) => row.includes('of features'));
    expect(rows.map((row) => row.split(',')[1])).toEqual([
      'batches of 1',
      'batches of 32',
      '2 networks side by side',
    ]);
    // On batches of 32 and one network it is what it is held against.
    expect(rows[1]).toMatch(/,0,,$/);
    for (const file of ['practice.csv', 'practice.svg']) expect(second(file)).toBe(first(file));
    expect(first('timings.csv')).toMatch(/read from the cache/);
  });

  it('names images, model and provider in its manifest', async () => {
    const { inputs, baseline } = JSON.parse((await run('third'))('manifest.json'));
    expect(inputs).toMatchObject({
      images: { count: 8, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      model: { name: 'tiny', sha256 },
      reference: {
        rows: 24,
        extracted: { images: { count: 24 }, extraction: { provider: 'cpu', batchSize: 16 } },
      },
    });
    expect(baseline).toMatchObject({ provider: 'cpu', batch_size: 32 });
  });
});
